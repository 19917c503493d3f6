import { useState } from 'react';
import type { Document } from '#contract/documents/document.ts';
import type { OutputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import type { SourceReading } from '#contract/operations/sources.ts';
import { useQuery } from '#renderer/client/use-query.ts';
import { LiveSourceRate } from '#renderer/streams/live-cells.tsx';
import { Callout } from '#renderer/ui/callout.tsx';
import { CopyButton, Id } from '#renderer/ui/command-line.tsx';
import { Progress } from '#renderer/ui/progress.tsx';
import { approximate, counted, ratio, toText } from '#renderer/ui/quantity.ts';
import shared from '#renderer/ui/shared.module.css';
import { StatusMark } from '#renderer/ui/status-mark.tsx';
import type { Column } from '#renderer/ui/table.tsx';
import { Tag } from '#renderer/ui/tag.tsx';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import { DocumentTable, NameCell } from './document-table.tsx';
import { SourceDetails } from './source-details.tsx';
import { limitsText, quotaShare, throttleWords } from './source-words.ts';
import classes from './system.module.css';

type Row = Document<'source'>;
type Readings = OutputOf<Operations['source.read']>;

/** The apps that may send: keys, what they may send, what holds them back. */
export function Sources() {
  const query = useQuery('source.read', {}, { refreshMs: 2000 });
  const [shown, setShown] = useState<string | null>(null);
  const readingOf = (id: string) => query.data?.sources.find(({ source }) => source === id);
  const columns: readonly Column<Row>[] = [
    { id: 'name', title: 'Source', cell: (row) => <SourceName row={row} /> },
    {
      id: 'key',
      title: 'Write key',
      width: '188px',
      cell: (row) => (
        <span className={classes.copy}>
          <Id value={row.value?.writeKey ?? ''} keep={14} />
          <CopyButton text={row.value?.writeKey ?? ''} label={`Copy the write key of ${row.value?.name ?? row.id}`} />
          {row.value?.moreKeys === undefined || row.value.moreKeys.length === 0 ? null : (
            <span className={shared.quiet}>+{row.value.moreKeys.length}</span>
          )}
        </span>
      ),
    },
    { id: 'state', title: 'Held back', width: '132px', cell: ({ id }) => <HeldBack reading={readingOf(id)} /> },
    { id: 'limits', title: 'May send', width: '22%', cell: ({ id }) => <MaySend reading={readingOf(id)} /> },
    { id: 'rate', title: 'Accepted', align: 'end', width: '88px', cell: (row) => <LiveSourceRate id={row.id} /> },
  ];
  const reading = shown === null ? undefined : readingOf(shown);
  return (
    <>
      {query.data === null ? null : <Strangers readings={query.data} />}
      <DocumentTable
        kind="source"
        columns={columns}
        className={classes.sources}
        onOpen={({ id }) => setShown(id)}
        meaning="A source is an app that sends events: any Segment SDK with its host set to this gateway, or anything that posts plain JSON."
      />
      {reading === undefined ? null : <SourceDetails reading={reading} onClose={() => setShown(null)} />}
    </>
  );
}

function SourceName({ row: { id, value } }: { readonly row: Row }) {
  return (
    <NameCell
      name={<span className={`${classes.name} ${classes.ellipsis}`}>{value?.name ?? id}</span>}
      detail={`${id} · ${value?.kind === 'json' ? 'plain JSON' : 'Segment'}`}
    >
      {value?.enabled === false ? <Tag title="Its events are answered 403">off</Tag> : null}
      {value?.demo ? <Tag look="dashed">demo</Tag> : null}
      {value?.plan === undefined ? null : <Tag>{value.plan}</Tag>}
    </NameCell>
  );
}

function HeldBack({ reading }: { readonly reading: SourceReading | undefined }) {
  if (reading === undefined) return <span className={shared.quiet}>–</span>;
  if (reading.throttle === null) return <span className={shared.quiet}>no</span>;
  return (
    <span className={classes.inline} title={reading.throttle.why}>
      <StatusMark state="degraded" />
      {throttleWords[reading.throttle.reason]}
      <span className={shared.quiet}>
        <TimeAgo at={reading.throttle.since} style="rough" />
      </span>
    </span>
  );
}

function MaySend({ reading }: { readonly reading: SourceReading | undefined }) {
  if (reading === undefined) return <span className={shared.quiet}>–</span>;
  const text = limitsText(reading.limits);
  const share = quotaShare(reading);
  if (text === '')
    return <span className={shared.quiet}>{reading.isPlanUnknown ? `no limit: no plan “${reading.plan}”` : 'no limit'}</span>;
  return (
    <span className={classes.standing}>
      <span className={classes.ellipsis}>{text}</span>
      {share === null || reading.quota === null ? null : (
        <Progress label={`Quota of ${reading.source} used today`} share={share}>
          <span className={shared.quiet}>
            {toText(ratio(share))} of today’s used, {toText(approximate(reading.quota.remaining))} left
          </span>
        </Progress>
      )}
    </span>
  );
}

/** Who is turned away, and what belongs to nobody. */
function Strangers({ readings: { turnedAway, unattributed } }: { readonly readings: Readings }) {
  return (
    <>
      {turnedAway.length === 0 ? null : (
        <Callout state="degraded" title={`${counted(turnedAway.length, 'sender')} turned away for bad requests`}>
          {turnedAway
            .slice(0, 5)
            .map(({ network, source }) => (source === null ? network : `${network} (${source})`))
            .join(', ')}
          {turnedAway.length > 5 ? ' and others' : ''}: more than half of what they send cannot be read. They may try again by themselves.
        </Callout>
      )}
      {unattributed === 0 ? null : (
        <p className={shared.quiet}>
          {counted(unattributed, 'request')} came without a key that is known, since the gateway started. They were answered 401.
        </p>
      )}
    </>
  );
}
