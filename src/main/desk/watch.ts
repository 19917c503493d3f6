/** What the desk itself keeps an eye on, for the tray, notifications and the question asked before quitting. */
import { topics } from '#contract/operations/topics.ts';
import type { Peer } from '#contract/peer.ts';
import type { DestinationTick, Health, Tick } from '#contract/telemetry/tick.ts';
import { embeddedId } from './desk-file.ts';

export interface WorstState {
  readonly health: Health;
  readonly environment: string;
  /** The destination it is about; empty when there is none. */
  readonly destination: string;
  readonly why: string;
}

export interface Alarm {
  readonly environment: string;
  readonly destination: string;
  readonly why: string;
}

export interface Watch {
  /** Follows an environment until its link closes. */
  follow(environment: string, peer: Peer): void;
  worst(): WorstState;
  /** Whether events reached the embedded gateway within the last minute. */
  hasLiveSources(): boolean;
}

export interface WatchOptions {
  readonly onChange: () => void;
  /** A destination has just begun to fail. */
  readonly onFailing: (alarm: Alarm) => void;
  readonly now?: () => number;
}

const order: readonly Health[] = ['none', 'healthy', 'held', 'degraded', 'failing'];
const liveSourceMs = 60_000;
const nothing: WorstState = { health: 'none', environment: '', destination: '', why: 'No gateway is connected.' };

export function createWatch({ onChange, onFailing, now = Date.now }: WatchOptions): Watch {
  const ticks = new Map<string, Tick>();
  let receivedAtMs = Number.NEGATIVE_INFINITY;
  let said = nothing;

  function worst(): WorstState {
    let found: WorstState | null = null;
    for (const [environment, tick] of ticks) {
      const states = tick.destinations.map((destination) => stateOf(environment, destination));
      for (const state of [{ health: 'none' as const, environment, destination: '', why: 'Nothing was sent lately.' }, ...states]) {
        if (!found || order.indexOf(state.health) > order.indexOf(found.health)) found = state;
      }
    }
    return found ?? nothing;
  }

  function tell(): void {
    const next = worst();
    const isSame = next.health === said.health && next.destination === said.destination && next.environment === said.environment;
    said = next;
    if (!isSame) onChange();
  }

  function take(environment: string, tick: Tick): void {
    const before = new Map(ticks.get(environment)?.destinations.map(({ id, health }) => [id, health]));
    ticks.set(environment, tick);
    if (environment === embeddedId && tick.sources.some((source) => source.received > 0)) receivedAtMs = now();
    for (const { id, health, why } of tick.destinations) {
      const was = before.get(id);
      if (health === 'failing' && was !== undefined && was !== 'failing') onFailing({ environment, destination: id, why });
    }
    tell();
  }

  return {
    follow(environment, peer) {
      peer.subscribe(
        topics['telemetry.tick'],
        {},
        {
          onItems(items) {
            for (const tick of items) take(environment, tick);
          },
          onEnd() {
            ticks.delete(environment);
            tell();
          },
        },
      );
    },
    worst,
    hasLiveSources: () => now() - receivedAtMs < liveSourceMs,
  };
}

function stateOf(environment: string, { id, health, why }: DestinationTick): WorstState {
  return { health, environment, destination: id, why };
}
