import { useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { type BacklogChoice, type SwitchScope, scopeId } from '#contract/documents/switch.ts';
import { actingStore } from '#renderer/frame/acting.tsx';
import { isReleasing } from '#renderer/frame/blast.ts';
import { useTelemetry } from '#renderer/streams/telemetry.ts';
import { Num } from '#renderer/ui/num.tsx';
import { counted, duration, exact, perSecond } from '#renderer/ui/quantity.ts';
import shared from '#renderer/ui/shared.module.css';
import { absolute, clock } from '#renderer/ui/time.ts';
import classes from './dialogs.module.css';

interface Start {
  readonly destination: string;
  readonly waiting: number;
  readonly held: number;
}

/** Pure: how far a drain is. */
export function drainOf(
  startEvents: number,
  nowEvents: number,
  elapsedMs: number,
): { readonly share: number; readonly perSecond: number | null; readonly etaMs: number | null } {
  const sent = Math.max(0, startEvents - nowEvents);
  const speed = elapsedMs < 1500 || sent === 0 ? null : (sent * 1000) / elapsedMs;
  return {
    share: startEvents === 0 ? 1 : Math.min(1, sent / startEvents),
    perSecond: speed,
    etaMs: nowEvents === 0 ? 0 : speed === null ? null : (nowEvents / speed) * 1000,
  };
}

/** After opening: how fast it took effect, and the backlog going down as it drains. */
export function OpenProgress({
  scope,
  start,
  backlog,
}: {
  readonly scope: SwitchScope;
  readonly start: readonly Start[];
  readonly backlog: BacklogChoice;
}) {
  const proof = useStore(actingStore, (state) => state.proofs.get(scopeId(scope)));
  const startEvents = useMemo(() => start.reduce((sum, row) => sum + row.waiting + row.held, 0), [start]);
  const live = useTelemetry((state) => state.destinations);
  const [openedAt] = useState(() => Date.now());
  const heardAt = useTelemetry((state) => state.heardAt) ?? openedAt;
  const now = start.reduce((sum, row) => {
    const tick = live.get(row.destination)?.tick;
    return sum + (tick === undefined ? row.waiting + row.held : tick.waiting + tick.held);
  }, 0);
  const [most, setMost] = useState(startEvents);
  useEffect(() => setMost((before) => Math.max(before, now)), [now]);
  const drain = drainOf(most, now, heardAt - openedAt);
  const node = proof?.nodes[0];
  return (
    <div className={shared.stack}>
      <p>
        {node === undefined || proof === undefined ? (
          'The switch is set to flow.'
        ) : (
          <>
            Open since <time title={absolute(node.inForceAt)}>{clock(node.inForceAt, 'UTC')} UTC</time>, in force{' '}
            <Num of={duration(node.inForceAt - proof.receivedAt)} /> after the gateway had the command.
          </>
        )}
      </p>
      {backlog.choice === 'discard' ? (
        <p>
          {counted(startEvents, 'event')} of the backlog {startEvents === 1 ? 'is' : 'are'} settled as dropped; the ledger counts{' '}
          {startEvents === 1 ? 'it' : 'them'}.
        </p>
      ) : null}
      {backlog.choice === 'fromNow' ? (
        <p>New events flow. {counted(startEvents, 'event')} stay parked until you drain or discard them here.</p>
      ) : null}
      {isReleasing(backlog.choice) && startEvents > 0 ? (
        <div className={classes.drain}>
          <div
            className={classes.bar}
            role="progressbar"
            aria-label="Drained"
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={Math.floor(drain.share * 100)}
          >
            <div className={classes.fill} style={{ width: `${drain.share * 100}%` }} />
          </div>
          <p className={classes.drainText}>
            <span>
              {now === 0 ? (
                'The backlog is drained.'
              ) : (
                <>
                  <Num of={exact(now)} /> of <Num of={exact(most)} /> still wait
                </>
              )}
            </span>
            <span>
              {drain.perSecond === null ? null : <Num of={perSecond(drain.perSecond)} />}{' '}
              {now === 0 || drain.etaMs === null ? null : (
                <>
                  · about <Num of={duration(drain.etaMs)} /> left
                </>
              )}
            </span>
          </p>
        </div>
      ) : null}
    </div>
  );
}
