/** The part of the memory driver that gives events of one destination to another. */
import { type Diverting, planDiversion } from '../diverting.ts';
import type { RouteTable } from '../routes.ts';
import { staleEpoch } from '../settle-refused.ts';
import type { MemoryLane } from './lane.ts';

export interface MemoryDivertingDeps {
  readonly routes: RouteTable;
  head(): number;
  laneOf(destination: string): MemoryLane;
  living(destination: string): MemoryLane | undefined;
}

function isOpenAt({ rows, held }: MemoryLane, seq: number): boolean {
  return held.has(seq) || [...rows.values()].some((row) => row.seq === seq);
}

export function createMemoryDiverting({ routes, head, laneOf, living }: MemoryDivertingDeps): Diverting {
  return {
    async divert({ origin: name, epoch, to, events, dueAt }) {
      const [origin, target] = [laneOf(name), living(to)];
      if (!target) return 'gone';
      if (epoch !== origin.epoch || origin.closedAt !== null) throw staleEpoch(name, epoch, origin.epoch);
      const isAside = (seq: number) => origin.held.has(seq) || origin.in('retrying').some((row) => row.seq === seq);
      const plan = planDiversion(
        name,
        events.map(({ seq, route }) => ({
          seq,
          isOwed: (seq > origin.cursor && seq <= head() && routes.has(route, origin.ordinal)) || isAside(seq),
          isThere: target.given.has(seq) || isOpenAt(target, seq) || routes.has(route, target.ordinal),
          isGivenAway: origin.away.has(seq),
        })),
      );
      for (const seq of plan.away) origin.away.add(seq);
      target.take(plan.given, dueAt);
      return plan.given.length;
    },
    unsettled: async (origin) => [...laneOf(origin).away].sort((a, b) => a - b),
  };
}
