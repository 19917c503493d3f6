import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventLog, LedgerView, SettleDelta } from './event-log.ts';
import { createMemoryLog } from './memory-log.ts';
import type { SqliteLog } from './sqlite-log.ts';
import { copyView } from './testing/copy-view.ts';
import { type DivertStep, divertCalls } from './testing/divert-history.ts';
import { counterFell, destinations, personOf, requestOf, type Step, seqsOf, settleOf, steps, viewOf } from './testing/history.ts';
import { inThread } from './testing/in-thread.ts';
import { type Call, callsOf, firstKept, replayFaults, type SideStep, sideViewOf } from './testing/side-history.ts';
import { createFolder, type Folder } from './testing/sqlite-folder.ts';

/** Small enough that a short history crosses segments, snapshots and the ends of every window. */
const cramped = { segmentBytes: 110_000, tailBytes: 3000, recentEvents: 16, snapshotEvents: 8, dedupeWindowMs: 1_000_000 };

/** The origin and the target of a diversion. */
function ends(step: DivertStep): readonly [string, string] {
  return [destinations[step.lane] as string, destinations[(step.lane + 1 + step.to) % 3] as string];
}

async function callAll(calls: readonly Call[], log: EventLog): Promise<void> {
  for (const call of calls) await call(log);
}

class History {
  readonly #folder: Folder;
  readonly #model: EventLog;
  #log: SqliteLog;
  #now: () => number;
  #tick: (ms: number) => void;
  readonly #ordinals = new Map<string, number>();
  readonly #epochs = new Map<string, number>();
  readonly #ledgers = new Map<string, LedgerView>();

  private constructor(folder: Folder, log: SqliteLog, model: EventLog, now: () => number, tick: (ms: number) => void) {
    this.#folder = folder;
    this.#log = log;
    this.#model = model;
    this.#now = now;
    this.#tick = tick;
  }

  static async run(history: readonly Step[]): Promise<void> {
    const folder = createFolder();
    let at = 1_795_000_000_000;
    const now = () => at;
    const log = await folder.open({ ...cramped, now }, inThread);
    const model = createMemoryLog({ now, dedupeWindowMs: cramped.dedupeWindowMs });
    const run = new History(folder, log, model, now, (ms) => {
      at += ms;
    });
    try {
      for (const name of destinations) await run.#register(name);
      for (const step of history) {
        await run.#do(step);
        await run.#compare();
      }
      await run.#log.close();
    } finally {
      await run.#log.kill();
      folder.remove();
    }
  }

  #both<T>(work: (log: EventLog) => T): T {
    const mine = work(this.#log);
    const models = work(this.#model);
    expect(mine).toEqual(models);
    return mine;
  }

  async #bothAsync<T>(work: (log: EventLog) => Promise<T>): Promise<T> {
    const mine = await work(this.#log);
    expect(mine).toEqual(await work(this.#model));
    return mine;
  }

  async #register(name: string): Promise<void> {
    this.#ordinals.set(name, await this.#bothAsync((log) => log.register(name)));
    this.#epochs.set(name, (await this.#bothAsync((log) => log.open(name))).epoch);
    this.#ledgers.delete(name);
  }

  #delta(lane: number, step: Step & { readonly do: 'settle' }): Promise<SettleDelta> {
    const name = destinations[lane] as string;
    return this.#model.ledger(name).then(({ cursor }) => settleOf(this.#model, name, this.#epochs.get(name) ?? 0, cursor, step));
  }

  async #do(step: Step): Promise<unknown> {
    switch (step.do) {
      case 'append':
        return this.#bothAsync((log) => log.append(requestOf(log, this.#ordinals, step)));
      case 'settle': {
        const delta = await this.#delta(step.lane, step);
        return this.#bothAsync((log) => log.settle(delta));
      }
      case 'unbalanced':
        return this.#refuse(step.lane);
      case 'open': {
        const name = destinations[step.lane] as string;
        const opened = await this.#bothAsync((log) => log.open(name));
        return this.#epochs.set(name, opened.epoch);
      }
      case 'retire': {
        const name = destinations[step.lane] as string;
        await this.#bothAsync((log) => log.retire(name));
        await this.#compare();
        return this.#register(name);
      }
      case 'tick':
        return this.#tick(step.ms);
      case 'truncate':
        // What is younger is still recognised as a duplicate by the model, which keeps all.
        return this.#log.truncate(cramped.dedupeWindowMs);
      case 'erase':
        return this.#erase(step.user);
      case 'side':
        for (const call of await this.#calls(step)) await this.#bothAsync(call);
        return;
      case 'divert':
        for (const call of await this.#gift(step)) await this.#bothAsync(call);
        return;
      case 'restore':
        return this.#restore(step);
      case 'crash':
        return this.#crash(step);
    }
  }

  #gift(step: DivertStep): Promise<readonly Call[]> {
    const [origin, to] = ends(step);
    return divertCalls(step, this.#model, origin, to, this.#epochs.get(origin) ?? 0);
  }

  #calls(step: SideStep): Promise<readonly Call[]> {
    const name = destinations[step.lane] as string;
    return callsOf(step, this.#log, name, this.#epochs.get(name) ?? 0);
  }

  /** What was erased is found nowhere; of the others, nothing that the model does not know (it never truncates). */
  async #erase(user: number): Promise<void> {
    const until = this.#now();
    for (const log of [this.#log, this.#model]) await log.erase(personOf(user, until));
    expect(await seqsOf(this.#log, user)).toEqual([]);
    const other = (user + 1) % 3;
    const known = new Set(await seqsOf(this.#model, other));
    expect((await seqsOf(this.#log, other)).filter((seq) => !known.has(seq))).toEqual([]);
  }

  async #refuse(lane: number): Promise<void> {
    const settle = { do: 'settle', lane, advance: 4, fates: [0, 4, 3], takeRows: 2, takeHeld: 2 } as const;
    const delta = await this.#delta(lane, settle);
    const before = delta.tally.confirmed ?? { count: 0, digest: { hi: 0, lo: 0 } };
    const unbalanced = { ...delta, tally: { ...delta.tally, confirmed: { count: before.count + 1, digest: before.digest } } };
    await expect(this.#log.settle(unbalanced)).rejects.toMatchObject({ name: 'SettleRefused' });
    await expect(this.#log.settle({ ...delta, epoch: delta.epoch - 1 })).rejects.toMatchObject({ name: 'StaleEpoch' });
  }

  /** What is appended while the backup is made may be in it or not, in whole. */
  async #restore(step: Step & { readonly do: 'restore' }): Promise<void> {
    const to = this.#folder.move();
    const request = requestOf(this.#log, this.#ordinals, step);
    const [head] = await Promise.all([copyView(this.#log, to), this.#log.append(request)]);
    await this.#log.kill();
    this.#log = await this.#folder.open({ ...cramped, now: this.#now }, inThread);
    expect(this.#log.head()).toBe(head);
    if (head > this.#model.head()) await this.#model.append(requestOf(this.#model, this.#ordinals, step));
  }

  /** Ends the log in the middle of something. What had its answer is there; what had not is there in whole or not at all. */
  async #crash(step: Step & { readonly do: 'crash' }): Promise<void> {
    const request = requestOf(this.#log, this.#ordinals, step);
    const delta = await this.#delta(step.lane, {
      do: 'settle',
      lane: step.lane,
      advance: 5,
      fates: [0, 4, 3, 5],
      takeRows: 2,
      takeHeld: 2,
    });
    const calls = await (step.during === 'divert' ? this.#gift(step.divert) : this.#calls(step.side));
    let isAnswered = false;
    const works = {
      nothing: async () => {},
      append: () => this.#log.append(request),
      settle: () => this.#log.settle(delta),
      erase: () => this.#log.erase(personOf(step.lane, this.#now())),
      side: () => callAll(calls, this.#log),
      divert: () => callAll(calls, this.#log),
    };
    const work: Promise<unknown> = works[step.during]();
    const ended = work.then(
      () => {
        isAnswered = true;
      },
      () => {},
    );
    for (let turn = 0; turn < step.turns; turn++) await new Promise((resolve) => setImmediate(resolve));
    const wasAnswered = isAnswered;
    this.#folder.crash();
    await this.#log.kill();
    await ended;
    this.#log = await this.#folder.open({ ...cramped, now: this.#now }, inThread);
    await this.#catchUp(step, wasAnswered, delta);
    if (step.during === 'side') await this.#catchUpCalls([destinations[step.side.lane] as string], calls, wasAnswered);
    if (step.during === 'divert') await this.#catchUpCalls(ends(step.divert), calls, wasAnswered);
  }

  async #catchUp(step: Step & { readonly do: 'crash' }, wasAnswered: boolean, delta: SettleDelta): Promise<void> {
    if (step.during === 'append' && (wasAnswered || this.#log.head() > this.#model.head()))
      await this.#model.append(requestOf(this.#model, this.#ordinals, step));
    // An erasure that was cut off is run again, as the gateway does at its next start.
    if (step.during === 'erase') await this.#erase(step.lane);
    if (step.during !== 'settle') return;
    const name = destinations[step.lane] as string;
    const mine = await this.#log.ledger(name);
    const models = await this.#model.ledger(name);
    if (wasAnswered || JSON.stringify(mine) !== JSON.stringify(models)) await this.#model.settle(delta);
  }

  /** Each call is there in whole or not at all, and none without the one before. */
  async #catchUpCalls(names: readonly string[], calls: readonly Call[], wasAnswered: boolean): Promise<void> {
    const viewOne = async (log: EventLog, name: string) => [
      await log.ledger(name),
      await sideViewOf(log, name),
      await log.diverting.unsettled(name),
    ];
    const view = async (log: EventLog) => JSON.stringify(await Promise.all(names.map((name) => viewOne(log, name))));
    for (const call of calls) if (wasAnswered || (await view(this.#log)) !== (await view(this.#model))) await call(this.#model);
  }

  async #compare(): Promise<void> {
    this.#both((log) => log.head());
    const kept = await firstKept(this.#log);
    for (const name of destinations) {
      await this.#bothAsync((log) => viewOf(log, name, kept));
      const ledger = await this.#log.ledger(name);
      expect(ledger.violations).toEqual([]);
      expect(await replayFaults(this.#log, name)).toEqual([]);
      const before = this.#ledgers.get(name);
      if (before) expect(counterFell(before, ledger)).toBe(false);
      this.#ledgers.set(name, ledger);
    }
  }
}

describe('random histories', () => {
  it('look the same on disk as in the model, through crashes, truncation and new segments', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(steps, (history) => History.run(history)),
      { numRuns: 40, interruptAfterTimeLimit: 60_000 },
    );
  });
});
