// biome-ignore-all lint/a11y/useSemanticElements: a grid of virtual rows cannot be a table, whose rows must all be there
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid holds the focus and names the active row
import { memo, useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import { useLink } from '#renderer/client/session.ts';
import { actingStore } from '#renderer/frame/acting.tsx';
import { backfill } from '#renderer/streams/backfill.ts';
import { boardColumns, type DestinationLive } from '#renderer/streams/live.ts';
import { scheduler } from '#renderer/streams/scheduler.ts';
import { bufferOf, gatewayNow, telemetryStore } from '#renderer/streams/telemetry.ts';
import { useVerdict } from '#renderer/streams/verdicts.ts';
import { Num } from '#renderer/ui/num.tsx';
import { age, approximate, duration, perSecond, ratio, roughAge, toText } from '#renderer/ui/quantity.ts';
import { Sparkline, type SparklineFeed } from '#renderer/ui/sparkline.tsx';
import { stateLooks } from '#renderer/ui/state.ts';
import { StatusMark } from '#renderer/ui/status-mark.tsx';
import { Person, Tag } from '#renderer/ui/tag.tsx';
import { absolute } from '#renderer/ui/time.ts';
import { VerdictWord } from '#renderer/ui/verdict.tsx';
import classes from './board.module.css';
import type { BoardItem } from './order.ts';
import { SwitchButton } from './switch-button.tsx';

const deliveredColumn = boardColumns.indexOf('delivered');
const failedColumn = boardColumns.indexOf('failed');

function sparkFeed(id: string): SparklineFeed {
  return {
    read: () => {
      const { at, columns, from, to } = bufferOf(id).frame;
      const samples = (column: number) => ({ at, values: columns[column] ?? [], from, to });
      return { line: samples(deliveredColumn), bad: samples(failedColumn), endMs: telemetryStore.getState().tick?.at ?? gatewayNow() };
    },
    // Through the scheduler, so that thirty sparks spread over frames.
    subscribe: (paint) => {
      const painter = scheduler.add(paint);
      const stop = telemetryStore.subscribe(painter.mark);
      return () => {
        stop();
        painter.remove();
      };
    },
  };
}

const shortClass: Readonly<Record<string, string>> = {
  throttled: 'throttled',
  server: 'server',
  timeout: 'timeout',
  network: 'network',
  auth: 'auth',
  rejected: 'rejected',
  uncertain: 'unsure',
};

/** One line of the board, 36 px. Acts are delegated to the board by data attributes. */
export const BoardRow = memo(function BoardRow({
  item,
  now,
  top,
  isSelected,
  index,
}: {
  readonly item: BoardItem;
  readonly now: number;
  readonly top: number;
  readonly isSelected: boolean;
  readonly index: number;
}) {
  const { id, live } = item;
  const feed = useMemo(() => sparkFeed(id), [id]);
  const generation = useLink((link) => link.generation);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another connection is another gap to fill
  useEffect(() => backfill(id), [id, generation]);
  const isBusy = useStore(actingStore, (state) => state.busy.has(`destination:${id}`));
  return (
    <div
      className={classes.row}
      role="row"
      id={`row-${id}`}
      data-id={id}
      data-act="inspect"
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      style={{ transform: `translateY(${top}px)` }}
    >
      <Identity item={item} now={now} />
      <div role="gridcell" className={classes.rate}>
        <Sparkline feed={feed} />
        <Num of={perSecond(live?.ratePerSecond)} />
      </div>
      <Figures live={live} now={now} />
      <Holding id={id} live={live} />
      <div role="gridcell" className={classes.switch}>
        <SwitchButton id={id} name={item.name} state={live?.state ?? 'none'} isBusy={isBusy} />
      </div>
    </div>
  );
});

/** Backlog budget that is left, as a bar and a figure. */
function Budget({ used }: { readonly used: number }) {
  const left = Math.max(0, 1 - used);
  return (
    <span className={classes.budgetBox} title={`${toText(ratio(used))} of the backlog budget is used`}>
      <svg width="32" height="6" aria-hidden="true">
        <rect width="32" height="6" rx="2" className={classes.budgetRail} />
        <rect width={32 * left} height="6" rx="2" className={classes.budgetLeft} />
      </svg>
      <Num of={ratio(left)} />
    </span>
  );
}

/** State and since when, name, who has claimed it. */
function Identity({ item, now }: { readonly item: BoardItem; readonly now: number }) {
  const state = item.live?.state ?? 'none';
  const tick = item.live?.tick;
  return (
    <>
      <div role="gridcell" className={classes.state} data-hue={stateLooks[state].hue}>
        <StatusMark state={state} />
        <span className={classes.word}>{stateLooks[state].word}</span>
        <span className={classes.since} title={tick === undefined ? undefined : `Since ${absolute(tick.since)}`}>
          {tick === undefined ? '' : toText(roughAge(Math.max(0, now - tick.since)))}
        </span>
      </div>
      <div role="gridcell" className={classes.name}>
        <span className={classes.title}>{item.name}</span>
        <span className={classes.quiet}>{item.connector}</span>
      </div>
      <div role="gridcell" className={classes.owner}>
        {item.owner === null ? <span className={classes.quiet}>–</span> : <Person name={item.owner} />}
      </div>
    </>
  );
}

/** Errors, latency, waiting, oldest. */
function Figures({ live, now }: { readonly live: DestinationLive | undefined; readonly now: number }) {
  const tick = live?.tick;
  const hue = live?.errorShare ? stateLooks[live.state].hue : undefined;
  const hasFewSamples = live?.p95 != null && live.p95Samples < 100;
  return (
    <>
      <div role="gridcell" className={classes.errors} data-hue={hue}>
        <Num of={ratio(live?.errorShare)} />
        <span className={classes.class}>{live?.topError == null ? '' : shortClass[live.topError]}</span>
      </div>
      <div role="gridcell" className={`${classes.end} ${classes.p95}`}>
        {hasFewSamples ? <span className={classes.n}>n {Math.round(live.p95Samples)}</span> : null}
        <Num of={duration(live?.p95)} title={hasFewSamples ? `of ${live.p95Samples} samples` : undefined} />
      </div>
      <div role="gridcell" className={`${classes.end} ${classes.waiting}`}>
        <Num of={approximate(tick === undefined ? null : tick.waiting + tick.held)} />
      </div>
      <div role="gridcell" className={`${classes.end} ${classes.oldest}`}>
        <Num
          of={tick?.oldestAt == null ? age(null) : age(Math.max(0, now - tick.oldestAt))}
          title={tick?.oldestAt == null ? 'Nothing unsettled' : `Received ${absolute(tick.oldestAt)}`}
        />
      </div>
    </>
  );
}

/** Budget left, breaker, whose trouble, why. */
function Holding({ id, live }: { readonly id: string; readonly live: DestinationLive | undefined }) {
  const tick = live?.tick;
  const verdict = useVerdict(id);
  return (
    <>
      <div role="gridcell" className={classes.budget}>
        {tick === undefined ? null : <Budget used={tick.budgetUsed} />}
      </div>
      <div role="gridcell" className={classes.breaker}>
        {tick === undefined || tick.breaker === 'closed' ? <span className={classes.quiet}>closed</span> : <Tag>{tick.breaker}</Tag>}
      </div>
      <div role="gridcell" className={classes.verdict}>
        {verdict === undefined ? <span className={classes.quiet}>–</span> : <VerdictWord verdict={verdict.verdict} title={verdict.line} />}
      </div>
      <div role="gridcell" className={classes.why} title={tick?.why}>
        {tick?.why}
      </div>
    </>
  );
}
