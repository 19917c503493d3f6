/** Diversions, seen from the main thread. */
import type { Diverting } from '../diverting.ts';
import type { RouteTable } from '../routes.ts';
import type { Lanes } from './lanes.ts';
import type { ReaderOps } from './log-reader.ts';
import type { WorkerClient } from './worker-client.ts';

export interface SqliteDivertingDeps {
  readonly lanes: Pick<Lanes, 'living' | 'ordinalOf' | 'divert'>;
  readonly routes: RouteTable;
  readonly reader: Pick<WorkerClient<ReaderOps>, 'call'>;
}

export function createSqliteDiverting({ lanes, routes, reader }: SqliteDivertingDeps): Diverting {
  return {
    async divert({ origin, epoch, to, events, dueAt }) {
      const target = lanes.living.find(({ destination }) => destination === to);
      if (!target) return 'gone';
      const ordinal = lanes.ordinalOf(origin);
      const members = events.map(({ seq, route }) => ({
        seq,
        isRoutedHere: routes.has(route, ordinal),
        isRoutedThere: routes.has(route, target.ordinal),
      }));
      return lanes.divert(to, { origin: ordinal, epoch, events: members, dueAt });
    },
    unsettled: (origin) => reader.call('unsettledDiversions', { ordinal: lanes.ordinalOf(origin) }),
  };
}
