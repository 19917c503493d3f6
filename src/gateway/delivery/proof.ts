/**
 * Proof that a switch took effect: what was in flight at that moment, what became of it, and whether any
 * first byte left afterwards (an *escape*; there must be none).
 */
import type { SwitchScope } from '#contract/documents/switch.ts';
import type { SwitchProof } from '#contract/operations/switches.ts';
import type { Flight } from './flight.ts';
import type { Lane } from './lane.ts';
import { scopeCovers } from './rules.ts';

export interface Proving {
  read(): SwitchProof;
  durable(at: number, revision: number): void;
  /** Resolves when nothing in flight is left to wait for. */
  readonly settled: Promise<void>;
  /** Stops watching for escapes: another switch rules from now on. */
  stop(): void;
}

export interface ProofStart {
  readonly node: string;
  readonly scope: SwitchScope;
  readonly lanes: readonly Lane[];
  readonly receivedAt: number;
  readonly inForceAt: number;
}

function lastSentOf(lanes: readonly Lane[]): SwitchProof['nodes'][number]['lastSent'] {
  let last: SwitchProof['nodes'][number]['lastSent'] = null;
  for (const lane of lanes) {
    if (lane.lastSent && (last === null || lane.lastSent.at > last.at)) last = { destination: lane.spec.id, ...lane.lastSent };
  }
  return last;
}

/** Called in the same turn in which the new rules came into force. */
export function startProof(start: ProofStart): Proving {
  const counts = { inFlight: 0, drained: 0, uncertain: 0, escaped: 0 };
  let durableAt: number | null = null;
  let revision = 0;
  let resolveSettled: () => void = () => {};
  const settled = new Promise<void>((resolve) => {
    resolveSettled = resolve;
  });
  const pending = () => counts.inFlight - counts.drained - counts.uncertain;

  for (const lane of start.lanes) {
    for (const flight of lane.flying(start.scope)) {
      counts.inFlight++;
      flight.onEnd.push((end) => {
        counts[end]++;
        if (pending() === 0) resolveSettled();
      });
    }
  }
  if (pending() === 0) resolveSettled();

  const unwatch = start.lanes.map((lane) => {
    const listener = (flight: Flight) => {
      const isInScope = flight.entries.some(
        ({ record }) =>
          scopeCovers(start.scope, lane.spec.id, record.source, record.event.name) &&
          (lane.rules.parked !== null || lane.rules.fateOf(record) !== 'flow'),
      );
      if (isInScope) counts.escaped++;
    };
    lane.onSent.add(listener);
    return () => lane.onSent.delete(listener);
  });
  const lastSent = lastSentOf(start.lanes);

  return {
    settled,
    read: () => ({
      revision,
      receivedAt: start.receivedAt,
      nodes: [{ node: start.node, inForceAt: start.inForceAt, durableAt, ...counts, pending: pending(), lastSent }],
    }),
    durable(at, newRevision) {
      durableAt = at;
      revision = newRevision;
    },
    stop() {
      for (const each of unwatch) each();
    },
  };
}
