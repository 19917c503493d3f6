/**
 * Ends what a destination owes of events that are being erased: rows and held bits go to suppressed at once, whether the
 * lane is parked, held or flows. Where the lane has one in memory it ends it itself, because its person is suppressed.
 */
import type { Obligations } from '#gateway/log/erasing.ts';
import type { EventLog } from '#gateway/log/event-log.ts';
import type { Exception } from '#gateway/log/replaying.ts';
import { createDelta, maxDeltaItems } from './delta.ts';
import type { Flights } from './flights.ts';
import type { Intake } from './intake.ts';
import { regenerated } from './regenerated.ts';
import type { Settling } from './settling.ts';
import { type Entry, entryOf } from './window.ts';

export interface Concluded {
  readonly ended: number;
  /** In the lane's memory, or more than one write holds: to be asked for again. */
  readonly busy: number;
}

export interface ConcludingHost {
  readonly destination: string;
  readonly log: Pick<EventLog, 'obligations' | 'readSeqs'>;
  readonly settling: Pick<Settling, 'delta' | 'still' | 'endDead'>;
  readonly intake: Pick<Intake, 'take' | 'isTaken' | 'keyOf'>;
  readonly flights: Pick<Flights, 'pending'>;
  /** Ends an entry as suppressed. */
  suppress(entry: Entry): void;
}

/** The part of an open lane that does it. */
export class Concluding {
  readonly #host: ConcludingHost;

  constructor(host: ConcludingHost) {
    this.#host = host;
  }

  /** Ends what is owed of these. Nothing is written between the look at rows and their end, so that they are still there. */
  async conclude(seqs: readonly number[]): Promise<Concluded> {
    const { destination, log, settling, intake, flights } = this.#host;
    flights.pending.sweep();
    const dead = await deadAmong(log, destination, seqs);
    const endedDead = dead.length > 0 ? await settling.endDead(dead, 'suppressed') : 0;
    return settling.still(async () => {
      const entries = await owedEntries(log, destination, seqs);
      let ended = 0;
      for (const entry of entries) {
        const key = intake.keyOf(entry);
        if (key === null || intake.isTaken(key) || settling.delta.items >= maxDeltaItems) continue;
        intake.take(key);
        this.#host.suppress(entry);
        ended++;
      }
      return { ended: ended + endedDead, busy: entries.length - ended };
    });
  }

  /** Ends dead letters; answers how many there were. */
  endDead(seqs: readonly number[], as: Exception): Promise<number> {
    return this.#host.settling.endDead(seqs, as);
  }
}

/** A destination without a lane (its connector is not known, say): nobody else writes its rows. */
export async function concludeWithoutLane(
  log: Pick<EventLog, 'obligations' | 'readSeqs' | 'open' | 'settle' | 'replaying'>,
  destination: string,
  seqs: readonly number[],
): Promise<Concluded> {
  const entries = await owedEntries(log, destination, seqs);
  const dead = await deadAmong(log, destination, seqs);
  if (entries.length + dead.length === 0) return { ended: 0, busy: 0 };
  const { epoch, cursor } = await log.open(destination);
  const ended = await log.replaying.discardDead(destination, epoch, dead, 'suppressed');
  const delta = createDelta();
  const some = entries.slice(0, maxDeltaItems);
  for (const { record, origin } of some) {
    if (origin === 'held') delta.unhold(record.seq);
    else delta.removeRow(record.seq, record.gen);
    delta.terminal('suppressed', record.seq, record.gen);
  }
  await log.settle(delta.build(destination, epoch, cursor));
  return { ended: some.length + ended, busy: entries.length - some.length };
}

async function deadAmong(log: ConcludingHost['log'], destination: string, seqs: readonly number[]): Promise<readonly number[]> {
  const { rows } = await log.obligations(destination, seqs);
  return rows.filter(({ state }) => state === 'dead').map(({ seq }) => seq);
}

/** Retrying rows and held events. Dead letters are ended where they lie: no lane has them in memory. */
async function owedEntries(log: ConcludingHost['log'], destination: string, seqs: readonly number[]): Promise<readonly Entry[]> {
  const { rows, held }: Obligations = await log.obligations(destination, seqs);
  const retrying = rows.filter(({ state }) => state === 'retrying');
  const records = new Map(
    (await log.readSeqs(destination, [...retrying.map(({ seq }) => seq), ...held])).map((record) => [record.seq, record]),
  );
  return [
    ...retrying.flatMap(({ seq, gen, attempt }) => {
      const record = records.get(seq);
      return record ? [entryOf(regenerated(record, gen), 'row', attempt)] : [];
    }),
    ...held.flatMap((seq) => {
      const record = records.get(seq);
      return record ? [entryOf(record, 'held')] : [];
    }),
  ];
}
