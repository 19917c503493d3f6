import { useRef, useState } from 'react';
import { href } from '#renderer/frame/router.ts';
import type { SourceRates } from '#renderer/streams/flow-rates.ts';
import type { DestinationLive } from '#renderer/streams/live.ts';
import { Num } from '#renderer/ui/num.tsx';
import { approximate, counted, exact, perSecond } from '#renderer/ui/quantity.ts';
import { stateLooks } from '#renderer/ui/state.ts';
import { StatusMark } from '#renderer/ui/status-mark.tsx';
import { useWidth } from '#renderer/ui/use-width.ts';
import classes from './flow.module.css';
import { bandPath, type Node } from './layout.ts';
import { bandLook, type Shown } from './pick.ts';
import { type FlowModel, restId } from './use-flow.ts';

const leftWidth = 208;
const rightWidth = 296;

/** Sources at the left, destinations at the right, and between them bands as wide as what goes there. */
export function FlowPicture({ model }: { readonly model: FlowModel }) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const [near, setNear] = useState<string | null>(null);
  const { layout, shown, rest, rates, sources, destinations } = model;
  const span = Math.max(0, width - leftWidth - rightWidth);
  const states = new Map(shown.map((each) => [each.id, each.state]));
  const place = (node: Node) => ({ top: node.y, height: node.height });
  return (
    <div ref={box} className={classes.picture} style={{ height: layout.height }} data-near={near === null ? undefined : true}>
      <svg
        className={classes.bands}
        style={{ left: leftWidth }}
        width={span}
        height={layout.height}
        role="img"
        aria-label="Bands from sources to destinations, as wide as what flows. The tables below say the same in figures."
      >
        {layout.bands.map((band) => {
          const state = states.get(band.destination) ?? 'healthy';
          const isNear = near === `s ${band.source}` || near === `d ${band.destination}`;
          return (
            <path
              key={`${band.source} ${band.destination}`}
              className={classes.band}
              d={bandPath(band, span)}
              strokeWidth={band.width}
              data-look={band.rate > 0 && bandLook(state) !== 'held' ? bandLook(state) : bandLook(state) === 'held' ? 'held' : 'idle'}
              data-near={isNear || undefined}
            />
          );
        })}
      </svg>
      <ul className={classes.side} aria-label="Sources" style={{ width: leftWidth }}>
        {layout.sources.map((node) => (
          <li
            key={node.id}
            className={classes.source}
            style={place(node)}
            onPointerEnter={() => setNear(`s ${node.id}`)}
            onPointerLeave={() => setNear(null)}
          >
            <SourceCard
              name={sources.find(({ id }) => id === node.id)?.value?.name ?? node.id}
              isEnabled={sources.find(({ id }) => id === node.id)?.value?.enabled ?? true}
              rates={rates.sources.get(node.id)}
            />
          </li>
        ))}
      </ul>
      <ul className={classes.side} aria-label="Destinations" style={{ width: rightWidth, left: 'auto', right: 0 }}>
        {layout.destinations.map((node) => {
          const each = shown.find(({ id }) => id === node.id);
          return (
            <li
              key={node.id}
              className={classes.destination}
              style={place(node)}
              onPointerEnter={() => setNear(`d ${node.id}`)}
              onPointerLeave={() => setNear(null)}
            >
              {node.id === restId || each === undefined ? (
                <Rest rest={rest} />
              ) : (
                <DestinationCard shown={each} live={destinations.get(node.id)} dropped={rates.dropped.get(node.id) ?? 0} />
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

const losses = ['duplicate', 'malformed', 'quarantined', 'throttled', 'refused'] as const;
const lossWords = {
  duplicate: 'duplicate',
  malformed: 'bad',
  quarantined: 'set aside',
  throttled: 'throttled',
  refused: 'refused',
} as const;

function SourceCard({
  name,
  isEnabled,
  rates,
}: {
  readonly name: string;
  readonly isEnabled: boolean;
  readonly rates: SourceRates | undefined;
}) {
  const seen = losses.filter((loss) => (rates?.[loss] ?? 0) > 0);
  return (
    <>
      <span className={classes.name}>
        {name}
        {isEnabled ? null : <span className={classes.quiet}> off</span>}
      </span>
      <span className={classes.big}>
        <Num of={perSecond(rates?.accepted)} />
      </span>
      <span className={classes.quiet}>
        {rates === undefined
          ? 'no data'
          : seen.length === 0
            ? 'all accepted'
            : seen.map((loss, index) => (
                <span key={loss}>
                  {index > 0 ? ' · ' : ''}
                  <Num of={perSecond(rates[loss])} /> {lossWords[loss]}
                </span>
              ))}
      </span>
    </>
  );
}

function DestinationCard({
  shown,
  live,
  dropped,
}: {
  readonly shown: Shown;
  readonly live: DestinationLive | undefined;
  readonly dropped: number;
}) {
  const tick = live?.tick;
  const kept = tick === undefined ? 0 : tick.waiting + tick.held;
  return (
    <a className={classes.card} href={href(`/destinations/${shown.id}`)} title={tick?.why === '' ? undefined : tick?.why}>
      <StatusMark state={shown.state} label={stateLooks[shown.state].word} />
      <span className={classes.name}>{shown.name}</span>
      <span className={classes.rate}>
        <Num of={perSecond(live === undefined ? null : shown.ratePerSecond)} />
      </span>
      <span className={classes.facts}>
        {kept > 0 ? (
          <span title={tick?.state === 'flowing' ? 'Waiting to be sent' : 'Kept while it is stopped'}>
            <Num of={approximate(kept)} /> waiting
          </span>
        ) : null}
        {dropped > 0 ? (
          <span>
            <Num of={perSecond(dropped)} /> dropped
          </span>
        ) : null}
        {tick !== undefined && tick.dead > 0 ? (
          <span>
            <Num of={exact(tick.dead)} /> dead
          </span>
        ) : null}
        {kept === 0 && dropped === 0 && (tick?.dead ?? 0) === 0 ? <span>{stateLooks[shown.state].word.toLowerCase()}</span> : null}
      </span>
    </a>
  );
}

function Rest({ rest }: { readonly rest: readonly Shown[] }) {
  return (
    <button type="button" className={classes.card} onClick={toTable}>
      <StatusMark state="none" />
      <span className={classes.name}>{counted(rest.length, 'destination')} more</span>
      <span className={classes.rate}>
        <Num of={perSecond(rest.reduce((sum, each) => sum + each.ratePerSecond, 0))} />
      </span>
      <span className={classes.facts}>
        <span>in the table below</span>
      </span>
    </button>
  );
}

function toTable(): void {
  document.getElementById('flow-destinations')?.scrollIntoView();
}
