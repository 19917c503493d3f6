import { IconPlayerTrackNext } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { documentStore } from '#renderer/client/documents.ts';
import { type Query, useQuery } from '#renderer/client/use-query.ts';
import { Answer } from '#renderer/frame/answer.tsx';
import { Button } from '#renderer/ui/button.tsx';
import { Id } from '#renderer/ui/command-line.tsx';
import { Num } from '#renderer/ui/num.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import { bytes, counted } from '#renderer/ui/quantity.ts';
import { StatusMark } from '#renderer/ui/status-mark.tsx';
import { type Column, Table } from '#renderer/ui/table.tsx';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import { type Act, type Choice, type HeldEvent, titleOf, violationText } from './choice.ts';
import classes from './quarantine.module.css';

const pageSize = 100;
/** As many of the oldest are checked again to say what a release would do. */
const checkedEvents = 1000;

const columns: readonly Column<HeldEvent>[] = [
  { id: 'at', title: 'Received', width: '84px', cell: (event) => <TimeAgo at={event.receivedAt} /> },
  {
    id: 'name',
    title: 'Event',
    width: '30%',
    cell: (event) => (
      <span className={classes.name} title={event.name}>
        {event.name === '' ? event.type : event.name}
      </span>
    ),
  },
  { id: 'broke', title: 'Breaks', cell: (event) => <Broken event={event} /> },
  { id: 'plan', title: 'Plan', width: '88px', cell: (event) => <Id value={`${event.plan}@${event.revision}`} keep={12} /> },
  { id: 'id', title: 'Message id', width: '134px', cell: (event) => <Id value={event.messageId} /> },
  { id: 'bytes', title: 'Size', align: 'end', width: '72px', cell: (event) => <Num of={bytes(event.bytes)} /> },
];

function Broken({ event: { violations } }: { readonly event: HeldEvent }) {
  const [first, ...more] = violations;
  if (first === undefined) return <span className={classes.quiet}>not known</span>;
  return (
    <span className={classes.broken} title={violations.map(violationText).join('\n')}>
      <span className={classes.code}>{violationText(first)}</span>
      {more.length === 0 ? null : <span className={classes.quiet}>+{more.length}</span>}
    </span>
  );
}

interface Props {
  readonly choice: Choice;
  /** How many fit the choice; null where it is not known. */
  readonly count: number | null;
  readonly inspected: number | null;
  /** Moves on when something was released or discarded. */
  readonly turn: number;
  readonly onInspect: (event: HeldEvent) => void;
  readonly onAsk: (act: Act, title: string) => void;
}

/** The events of a choice, oldest first, and what today's plan says of them. */
export function HeldEvents({ choice, count, inspected, turn, onInspect, onAsk }: Props) {
  const [starts, setStarts] = useState<readonly number[]>([0]);
  const sources = useStore(documentStore, (state) => state.byKind.source);
  const plans = useStore(documentStore, (state) => state.byKind.plan);
  const page = useQuery('quarantine.list', { ...choice, afterId: starts.at(-1) ?? 0, limit: pageSize }, { refreshMs: 5000 });
  const verdict = useQuery('quarantine.release', { ...choice, limit: checkedEvents, dryRun: true }, { refreshMs: 15_000 });
  const { reload: judge } = verdict;
  const { reload: list } = page;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another plan, another verdict
  useEffect(() => {
    judge();
    list();
  }, [plans, turn, judge, list]);
  const title = titleOf(choice, (id) => sources.get(id)?.value?.name ?? id);
  const last = page.data?.events.at(-1)?.id;
  const fits = verdict.data === null ? null : verdict.data.released + verdict.data.duplicate;
  return (
    <Panel
      title={title.charAt(0).toUpperCase() + title.slice(1)}
      note={count === null ? undefined : counted(count, 'event')}
      actions={
        <>
          <Button size="small" look="quiet" onClick={() => onAsk('discard', title)}>
            Discard…
          </Button>
          <Button
            size="small"
            look={fits === null || fits === 0 ? 'plain' : 'primary'}
            icon={<IconPlayerTrackNext size={14} stroke={1.6} />}
            onClick={() => onAsk('release', title)}
          >
            Release what fits…
          </Button>
        </>
      }
      isFlush
    >
      <TodaysVerdict verdict={verdict} count={count} />
      <Answer query={page} label="held events" meaning="They stay held.">
        {({ events }) => (
          <div className={classes.heldTable}>
            <Table
              label="Held events"
              columns={columns}
              rows={events}
              rowKey={(event) => String(event.id)}
              onOpen={onInspect}
              isCurrent={(event) => event.id === inspected}
              isDense
              isFixed
              empty="No event of this kind is held any more."
            />
          </div>
        )}
      </Answer>
      <div className={classes.pages}>
        {starts.length > 1 ? (
          <Button size="small" onClick={() => setStarts((before) => before.slice(0, -1))}>
            Earlier {pageSize}
          </Button>
        ) : null}
        {page.data?.events.length === pageSize && last !== undefined ? (
          <Button size="small" onClick={() => setStarts((before) => [...before, last])}>
            Next {pageSize}
          </Button>
        ) : null}
      </div>
    </Panel>
  );
}

interface Verdict {
  readonly released: number;
  readonly duplicate: number;
  readonly kept: number;
  readonly failed: number;
}

/** One line: what would become of them now. */
function TodaysVerdict({ verdict, count }: { readonly verdict: Query<Verdict>; readonly count: number | null }) {
  const { data, error } = verdict;
  if (data === null)
    return (
      <p className={classes.verdict}>
        {error === null ? 'Checking them against today’s plan…' : `They could not be checked: ${error.message}`}
      </p>
    );
  const { released, duplicate, kept, failed } = data;
  const looked = released + duplicate + kept + failed;
  const fits = released + duplicate;
  const mark = looked === 0 ? 'none' : fits === looked ? 'healthy' : fits === 0 ? 'held' : 'degraded';
  return (
    <p className={classes.verdict}>
      <StatusMark state={mark} />
      <span>
        Under today’s plan {count !== null && looked < count ? `, of the ${looked.toLocaleString('en-US')} oldest,` : ''}{' '}
        <strong>{fits === 0 ? 'none fits' : `${fits.toLocaleString('en-US')} ${fits === 1 ? 'fits' : 'fit'}`}</strong>
        {kept === 0 ? '' : `, ${kept.toLocaleString('en-US')} still ${kept === 1 ? 'breaks' : 'break'} it`}
        {duplicate === 0 ? '' : `; ${duplicate.toLocaleString('en-US')} ${duplicate === 1 ? 'is' : 'are'} in the log already`}
        {failed === 0 ? '' : `; ${counted(failed, 'event')} cannot be looked at`}.
      </span>
    </p>
  );
}
