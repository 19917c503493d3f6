import type { DestinationTick } from '#contract/telemetry/tick.ts';
import { requestOverlay } from '#renderer/frame/overlays.ts';
import { setQuery } from '#renderer/frame/router.ts';
import { isDueForReview, type ScopeRow } from '#renderer/frame/scopes.ts';
import { useTelemetry } from '#renderer/streams/telemetry.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Num } from '#renderer/ui/num.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import { age, exact } from '#renderer/ui/quantity.ts';
import shared from '#renderer/ui/shared.module.css';
import { StateLabel, StatusMark } from '#renderer/ui/status-mark.tsx';
import { absolute } from '#renderer/ui/time.ts';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import { useNow } from '#renderer/ui/use-now.ts';
import classes from './controls.module.css';

/** Every stop in force, longest first: who, why, since, until, and the way back. */
export function InForce({ rows }: { readonly rows: readonly ScopeRow[] }) {
  const now = useNow();
  const due = rows.filter((row) => isDueForReview(row, now)).length;
  const note = rows.length === 0 ? undefined : due === 0 ? 'longest first' : `${due} longer than 4 h: still wanted?`;
  return (
    <Panel title={rows.length === 0 ? 'In force' : `In force · ${rows.length}`} note={note} isFlush>
      {rows.length === 0 ? (
        <p className={classes.calm}>
          <StatusMark state="healthy" /> Nothing is parked or dropped. Everything flows.
        </p>
      ) : (
        <ul className={classes.stops}>
          {rows.map((row) => (
            <Force key={row.id} row={row} now={now} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Force({ row, now }: { readonly row: ScopeRow; readonly now: number }) {
  const until = row.set?.until ?? null;
  return (
    <li className={classes.stop} data-due={isDueForReview(row, now) || undefined}>
      <div className={classes.stopHead}>
        <StateLabel state={row.mode === 'drop' || row.mode === 'sample' ? 'dropping' : 'parked'}>
          {row.set === null ? null : <TimeAgo at={row.set.at} style="fine" />}
        </StateLabel>
        <Button size="small" onClick={() => requestOverlay({ type: 'open', scope: row.scope })} aria-label={`Open ${row.name}…`}>
          Open…
        </Button>
      </div>
      <button type="button" className={classes.stopName} onClick={() => setQuery({ inspect: row.id })}>
        {row.name}
      </button>
      <p className={classes.stopFacts}>
        <Kept scope={row.scope} mode={row.mode} />
        {' · '}
        {until === null ? (
          'until a person opens it'
        ) : (
          <span title={absolute(until)}>
            opens in <Num of={age(Math.max(0, until - now))} />
          </span>
        )}
      </p>
      <p className={classes.stopWhy} title={row.set?.reason}>
        {row.set?.by}: {row.set === null || row.set.reason === '' ? <span className={shared.quiet}>no reason given</span> : row.set.reason}
      </p>
    </li>
  );
}

/** What it keeps or loses at the moment. */
function Kept({ scope, mode }: Pick<ScopeRow, 'scope' | 'mode'>) {
  const destinations = useTelemetry((state) => state.tick?.destinations);
  if (destinations === undefined) return <>–</>;
  const reached = scope.type === 'destination' ? destinations.filter((tick) => tick.id === scope.destination) : destinations;
  const sum = (read: (tick: DestinationTick) => number) => reached.reduce((total, tick) => total + read(tick), 0);
  if (mode === 'drop' || mode === 'sample') return <>loses events</>;
  if (mode === 'divert') return <>diverted</>;
  if (scope.type === 'source' || scope.type === 'event') return <Amount value={sum((tick) => tick.held)} word="held" />;
  return <Amount value={sum((tick) => tick.waiting + tick.held)} word="waiting" />;
}

function Amount({ value, word }: { readonly value: number; readonly word: string }) {
  return (
    <>
      <Num of={exact(value)} /> {word}
    </>
  );
}
