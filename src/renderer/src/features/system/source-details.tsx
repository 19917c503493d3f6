import type { SourceReading } from '#contract/operations/sources.ts';
import { useDocument } from '#renderer/client/documents.ts';
import { requestOverlay } from '#renderer/frame/overlays.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Callout } from '#renderer/ui/callout.tsx';
import { Dialog } from '#renderer/ui/dialog.tsx';
import { Num } from '#renderer/ui/num.tsx';
import { Stat, StatRow } from '#renderer/ui/panel.tsx';
import { approximate, bytes, exact, perSecond, ratio, toText } from '#renderer/ui/quantity.ts';
import shared from '#renderer/ui/shared.module.css';
import { type Column, Table } from '#renderer/ui/table.tsx';
import { absolute } from '#renderer/ui/time.ts';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import { lateShares, limitsText, quotaShare, throttleWords } from './source-words.ts';
import classes from './system.module.css';

type KeyRow = SourceReading['keys'][number];

const keyColumns: readonly Column<KeyRow>[] = [
  { id: 'key', title: 'Key', cell: ({ key }) => <span className={classes.name}>{key}</span> },
  {
    id: 'limits',
    title: 'May send',
    width: '26%',
    cell: ({ limits }) => limitsText(limits) || <span className={shared.quiet}>no limit</span>,
  },
  { id: 'events', title: 'Events', align: 'end', cell: ({ events }) => <Num of={exact(events)} /> },
  { id: 'throttled', title: 'Throttled', align: 'end', cell: ({ throttled }) => <Num of={exact(throttled)} /> },
  { id: 'bad', title: 'Bad requests', align: 'end', cell: ({ bad }) => <Num of={exact(bad)} /> },
  { id: 'bytes', title: 'Size', align: 'end', cell: (row) => <Num of={bytes(row.bytes)} /> },
  {
    id: 'used',
    title: 'Last used',
    align: 'end',
    cell: ({ lastUsedAt }) => (lastUsedAt === null ? <span className={shared.quiet}>never</span> : <TimeAgo at={lastUsedAt} />),
  },
];

/** What one source sends: how much of what it may, by which key, how late, and when it happened. */
export function SourceDetails({ reading, onClose }: { readonly reading: SourceReading; readonly onClose: () => void }) {
  const name = useDocument('source', reading.source)?.value?.name ?? reading.source;
  return (
    <Dialog
      isOpen
      onClose={onClose}
      width={860}
      title={`What ${name} sends`}
      footer={
        <>
          <Button
            onClick={() => {
              onClose();
              requestOverlay({ type: 'source', id: reading.source });
            }}
          >
            Change its limits…
          </Button>
          <Button look="primary" onClick={onClose}>
            Close
          </Button>
        </>
      }
    >
      <div className={shared.stack}>
        {reading.throttle === null ? null : (
          <Callout state="degraded" title={`Held back: ${throttleWords[reading.throttle.reason]}`}>
            {reading.throttle.why} Since <TimeAgo at={reading.throttle.since} />
            {reading.throttle.until === null ? '; it depends on the sender how long.' : `, until ${absolute(reading.throttle.until)}.`} Its
            events are answered 429 with Retry-After: SDKs send them again.
          </Callout>
        )}
        {reading.isPlanUnknown ? (
          <Callout state="degraded" title={`There is no plan “${reading.plan}” in the settings`}>
            No limits come from it.
          </Callout>
        ) : null}
        <Numbers reading={reading} />
        <Table
          label="By write key"
          columns={keyColumns}
          rows={reading.keys}
          rowKey={({ key }) => key}
          isDense
          empty="No key was used yet."
        />
        <Lateness reading={reading} />
        <ByEventTime reading={reading} />
      </div>
    </Dialog>
  );
}

function Numbers({ reading }: { readonly reading: SourceReading }) {
  const share = quotaShare(reading);
  return (
    <StatRow>
      <Stat
        label="Now"
        note={reading.usualPerSecond === null ? 'not known what is usual yet' : `usually ${toText(perSecond(reading.usualPerSecond))}`}
      >
        <Num of={perSecond(reading.ratePerSecond)} size="large" />
      </Stat>
      <Stat label="May send" note={limitsText(reading.limits) || 'no limit'}>
        <Num of={perSecond(reading.limits.ratePerSecond)} size="large" />
      </Stat>
      <Stat label="Without a 429 now" note="events at once">
        <Num of={approximate(reading.available)} size="large" />
      </Stat>
      <Stat label="Quota used" note={reading.quota === null ? 'no quota' : `anew ${absolute(reading.quota.resetsAt)}`}>
        <Num of={ratio(share)} size="large" />
      </Stat>
      <Stat label="Left today" note={reading.quota === null ? 'no quota' : `${toText(exact(reading.quota.used))} used`}>
        <Num of={exact(reading.quota?.remaining)} size="large" />
      </Stat>
    </StatRow>
  );
}

/** By when they arrived: intermittent links are accepted, and told apart. */
function Lateness({ reading }: { readonly reading: SourceReading }) {
  const shares = lateShares(reading.lateness);
  if (shares.length === 0) return null;
  return (
    <p className={shared.quiet}>
      Events arrived:{' '}
      {shares.map(({ word, events, share }) => `${toText(ratio(share))} ${word} (${events.toLocaleString('en-US')})`).join(', ')}.
    </p>
  );
}

/** By when they happened: a bar an hour. */
function ByEventTime({ reading: { byEventTime, earlier } }: { readonly reading: SourceReading }) {
  const first = byEventTime[0];
  const last = byEventTime.at(-1);
  if (first === undefined || last === undefined || byEventTime.length < 2) return null;
  const most = Math.max(...byEventTime.map(({ events }) => events), 1);
  return (
    <figure>
      <div className={classes.bars} aria-hidden="true">
        {byEventTime.map(({ hour, events }) => (
          <span key={hour} style={{ height: `${(events / most) * 100}%` }} title={`${absolute(hour)}: ${events.toLocaleString('en-US')}`} />
        ))}
      </div>
      <figcaption className={shared.quiet}>
        By the hour in which they happened, {absolute(first.hour)} to {absolute(last.hour)}; most in an hour {most.toLocaleString('en-US')}
        {earlier === 0 ? '' : `; ${earlier.toLocaleString('en-US')} happened before that`}.
      </figcaption>
    </figure>
  );
}
