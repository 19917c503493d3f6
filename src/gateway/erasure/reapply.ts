/**
 * Erases again, after a restore, whom a backup brought back: a folder in a new incarnation holds what was erased since
 * the backup was made. Run before any lane is open, so that nothing of them is sent.
 */
import type { AppError } from '#contract/errors.ts';
import { AppFailure } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import { concludeWithoutLane } from '#gateway/delivery/concluding.ts';
import type { EventLog } from '#gateway/log/event-log.ts';
import type { People } from '#gateway/people/people.ts';
import type { Quarantine } from '#gateway/quarantine/quarantine.ts';
import { removePeople } from './local.ts';

export interface ReapplyDeps {
  readonly log: Pick<
    EventLog,
    'incarnation' | 'personalEvents' | 'erase' | 'register' | 'obligations' | 'readSeqs' | 'open' | 'settle' | 'replaying'
  >;
  readonly quarantine: Pick<Quarantine, 'erasePersonal'>;
  readonly people: Pick<People, 'matchErased' | 'erasures'>;
  /** Destinations that there are. */
  readonly destinations: readonly string[];
}

/** How many events were erased; 0 where this incarnation holds none of them. The errors of `eraseLocally`. */
export async function reapplyErasures(deps: ReapplyDeps): Promise<Result<number>> {
  const { log, people } = deps;
  if (people.erasures.appliedIn() === log.incarnation) return ok(0);
  const erased = people.erasures.erased();
  try {
    const events = erased.length === 0 ? 0 : await erase(deps);
    if (typeof events !== 'number') return err(events);
    const noted = await people.erasures.noteApplied(log.incarnation);
    return noted.ok ? ok(events) : noted;
  } catch (error) {
    if (error instanceof AppFailure) return err(error.error);
    throw error;
  }
}

async function erase({ log, quarantine, people, destinations }: ReapplyDeps): Promise<number | AppError> {
  for (const destination of destinations) await log.register(destination);
  const lanes = {
    destinations: () => destinations,
    conclude: (destination: string, seqs: readonly number[]) => concludeWithoutLane(log, destination, seqs),
    forget: () => 0,
  };
  const removed = await removePeople({ log, quarantine, lanes, wait: async () => {} }, people.matchErased(people.erasures.erased()));
  return removed.ok ? (removed.value.find(({ place }) => place === 'log')?.removed ?? 0) : removed.error;
}
