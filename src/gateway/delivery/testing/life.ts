/**
 * A delivery over a real log to vendors over real HTTP, whose process may die and whose folder may be restored. A crash is
 * fenced as a death is: in its turn no further first byte leaves, and what the old lanes still learn reaches no log.
 */
import { expect } from 'vitest';
import { destinationSchema } from '#contract/documents/destination.ts';
import type { Failover } from '#contract/documents/endpoints.ts';
import type { Switch } from '#contract/documents/switch.ts';
import type { EventLog } from '#gateway/log/event-log.ts';
import { personOf, seqsOf } from '#gateway/log/testing/history.ts';
import { toGatewayEvent } from '#gateway/pipeline/to-event.ts';
import type { Choice } from '../endpoints/choose-endpoint.ts';
import type { Gate } from '../rules.ts';
import { eventually, openTestDesk, type TestDesk } from './desk.ts';
import { type Id, ids, type LifeStep, type Mood, type VendorName, vendorNames } from './life-steps.ts';
import { answerWith, startVendor, type Vendor } from './vendor.ts';

/** The log's side of a death: what is there when the process is gone. */
export interface Machine {
  log: EventLog;
  /** The log as a crash in this turn leaves it. */
  crash(): Promise<EventLog>;
  /** Null where the driver has nothing to copy. */
  backup: (() => Promise<() => Promise<EventLog>>) | null;
  dispose(): Promise<void>;
}

interface Backup {
  readonly restore: () => Promise<EventLog>;
  readonly known: ReadonlyMap<string, number>;
}

const answers: Record<Mood, Vendor['answer']> = {
  ok: answerWith(200),
  error: answerWith(503),
  refuse: answerWith(400),
  reset: (request) => void request.socket.destroy(),
};

/** As the gateway's own gate says of an erased event. */
const isSuppressed: Gate = (event) => event.provenance?.suppressed !== undefined;

/** What is owed and does not end within this never will, ms. */
const patienceMs = 20_000;

const endpointsOf: Record<Id, readonly VendorName[]> = { hook: ['primary', 'eu'], plain: ['plain'] };

export class Life {
  readonly #machine: Machine;
  readonly #vendors: ReadonlyMap<VendorName, Vendor>;
  #desk!: TestDesk;
  #backup: Backup | null = null;
  #recorded: Failover | null = null;
  /** Acknowledged message ids of this line of history, by user. */
  #known = new Map<string, number>();
  /** Every id that was ever sent: the only dedupe keys there may be. */
  readonly #sent = new Set<string>();
  readonly #erased = new Set<string>();
  #switches = new Map<Id, Switch>();
  #count = 0;
  /** First bytes that left a parked destination. */
  #escapes = 0;
  #gone: Promise<unknown>[] = [];

  private constructor(machine: Machine, vendors: ReadonlyMap<VendorName, Vendor>) {
    this.#machine = machine;
    this.#vendors = vendors;
  }

  static async begin(machine: Machine): Promise<Life> {
    const vendors = new Map<VendorName, Vendor>();
    for (const name of vendorNames) vendors.set(name, await startVendor());
    const life = new Life(machine, vendors);
    await life.#start();
    return life;
  }

  get #log(): EventLog {
    return this.#machine.log;
  }

  async #start(): Promise<void> {
    const url = (name: VendorName) => (this.#vendors.get(name) as Vendor).url;
    const delivery = { batchSize: 1, batchWaitMs: 0, maxAttempts: 4, timeoutMs: 2000, breaker: { minCalls: 6, openMs: 100 } };
    const plain = { name: 'Plain', connector: 'webhook', endpoint: url('plain'), delivery };
    const others = [{ id: 'eu', url: url('eu'), dedupeDomain: 'primary' }];
    const hook = { ...plain, name: 'Hook', endpoint: url('primary'), endpoints: { healthyMs: 100, dwellMs: 0, others } };
    const failover = {
      last: () => this.#recorded && { value: this.#recorded, at: 0 },
      record: (_: string, { active, domain, pinned }: Choice) => {
        this.#recorded = { active, dedupeDomain: domain, pinned };
        return true;
      },
      consentGate: () => () => false,
    };
    const desk = await openTestDesk(url('plain'), {}, this.#log, isSuppressed, { failover }, destinationSchema.parse(hook));
    await desk.delivery.apply(
      new Map([
        ['hook', destinationSchema.parse(hook)],
        ['plain', destinationSchema.parse(plain)],
      ]),
    );
    this.#desk = desk;
    for (const id of ids)
      this.#lane(id).onSent.add(() => {
        if (this.#switches.get(id)?.mode === 'park') this.#escapes++;
      });
    this.#applySwitches();
  }

  #lane(id: Id) {
    const lane = this.#desk.delivery.lanes.get(id);
    if (!lane) throw new Error(`${id} has no lane`);
    return lane;
  }

  #applySwitches(): void {
    this.#desk.switches(...this.#switches.values());
  }

  async do(step: LifeStep): Promise<void> {
    switch (step.do) {
      case 'ingest':
        return this.#ingest(step);
      case 'mood':
        (this.#vendors.get(step.vendor) as Vendor).answer = answers[step.mood];
        return;
      case 'kill':
        return this.#switch(step.at, { mode: step.mode, opening: null });
      case 'open':
        return this.#switch(step.at, {
          mode: 'flow',
          opening: { backlog: { choice: step.choice }, throughSeq: this.#log.head(), pacePerSecond: null },
        });
      case 'crash':
        return this.#die(() => this.#machine.crash());
      case 'replay':
        return this.#replay(step.at);
      case 'edit':
        return this.#edit(step.at);
      case 'erase':
        return this.#erase(step.user);
      case 'failover':
        await this.#desk.delivery.pickEndpoint('hook', { active: step.to, domain: 'primary', pinned: false } as Choice, () => true);
        return;
      case 'backup':
        if (this.#machine.backup) this.#backup = { restore: await this.#machine.backup(), known: new Map(this.#known) };
        return;
      case 'restore':
        return this.#restore();
      case 'turns':
        for (let turn = 0; turn < step.count; turn++) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async #append(messageId: string, user: number, to: readonly Id[]): Promise<void> {
    const receivedAt = Date.now();
    const raw = { type: 'track', messageId, event: 'Order', userId: `u${user}`, properties: {} };
    const route = this.#log.route(to.map((id) => this.#desk.delivery.ordinals.get(id) as number));
    const event = toGatewayEvent(raw, { source: 'web', receivedAt, type: 'track' });
    const events = [{ messageId, type: 'track' as const, route, element: -1, event }];
    this.#sent.add(messageId);
    const appended = await this.#log.append({ source: 'web', receivedAt, body: Buffer.from(JSON.stringify(raw)), events });
    if (!appended.ok) throw new Error(appended.error.code);
    this.#known.set(messageId, user);
  }

  async #ingest({ count, user, again }: LifeStep & { readonly do: 'ingest' }): Promise<void> {
    const [former] = [...this.#known].filter(([id]) => !id.startsWith('copy')).slice(-1);
    if (again && former) await this.#append(former[0], former[1], ids);
    await Promise.all(Array.from({ length: count }, () => this.#append(`m${this.#count++}`, user, ids)));
  }

  #switch(id: Id, { mode, opening }: Pick<Switch, 'mode' | 'opening'>): void {
    const scope = { type: 'destination' as const, destination: id };
    this.#switches.set(id, { scope, mode, opening, until: null, fromSeq: mode === 'drop' ? this.#log.head() : 0 });
    this.#applySwitches();
  }

  /** The process ends in this turn; another one finds what `left` finds. */
  async #die(left: () => Promise<EventLog>): Promise<void> {
    const old = this.#desk;
    const log = this.#log;
    old.switches({ scope: { type: 'everything' }, mode: 'park' });
    for (const id of ids) old.delivery.lanes.get(id)?.onSent.clear();
    this.#machine.log = await left();
    // What it still does reaches nobody; that it is refused is what it should be.
    this.#gone.push(
      old.delivery
        .close(0)
        .catch(() => {})
        .then(() => (log === this.#log ? undefined : log.close().catch(() => {}))),
    );
    await this.#start();
  }

  async #restore(): Promise<void> {
    const backup = this.#backup;
    if (backup === null) return;
    this.#backup = null;
    await this.#die(backup.restore);
    this.#known = new Map(backup.known);
    // An erasure is run again after a restore, as the gateway does with its documents.
    for (const user of new Set([...this.#erased].map((id) => this.#known.get(id)).filter((each) => each !== undefined)))
      await this.#erase(user);
  }

  async #dead(id: Id, limit: number): Promise<readonly number[]> {
    const found = await this.#log.replaying.searchDead({ destination: id, filter: {}, order: 'oldest', from: 0, limit });
    return found.rows.map(({ seq }) => seq);
  }

  async #replay(id: Id): Promise<void> {
    const seqs = await this.#dead(id, 20);
    const lane = this.#lane(id);
    const { replaying } = this.#log;
    const replay = `replay-${this.#count++}`;
    await replaying.openReplay(id, lane.epoch, replay);
    const step = { id: replay, seqs, through: this.#log.head(), dueAt: this.#log.now(), mints: false };
    const { retried } = await replaying.give(id, lane.epoch, step);
    lane.rowsChanged({ retrying: retried, dead: -retried });
  }

  async #edit(id: Id): Promise<void> {
    const [seq] = await this.#dead(id, 1);
    const lane = this.#lane(id);
    const child = `copy-${this.#count++}`;
    if (seq === undefined || !(await this.#log.replaying.beginEdit(id, lane.epoch, seq, child))) return;
    await this.#append(child, 3, [id]);
    if (await this.#log.replaying.endEdit(id, lane.epoch, child, true)) lane.rowsChanged({ retrying: 0, dead: -1 });
  }

  async #erase(user: number): Promise<void> {
    const seqs = await seqsOf(this.#log, user);
    await this.#log.erase(personOf(user));
    for (const id of ids) await this.#lane(id).concluding.conclude(seqs);
    for (const [messageId, owner] of this.#known) if (owner === user) this.#erased.add(messageId);
    expect(await seqsOf(this.#log, user)).toEqual([]);
  }

  /** Everybody is well again: all that is owed ends, and the books agree with the vendors'. */
  async settleAll(): Promise<void> {
    for (const vendor of this.#vendors.values()) vendor.answer = answers.ok;
    for (const id of ids) await this.do({ do: 'open', at: id, choice: 'drain' });
    for (const id of ids) {
      await this.#drained(id);
      await this.#agree(id);
    }
    expect(this.#escapes).toBe(0);
    expect(this.#desk.bugs).toEqual([]);
  }

  async #drained(id: Id): Promise<void> {
    const until = performance.now() + patienceMs;
    await eventually(async () => {
      const { waiting, retrying, held, cursor } = await this.#log.ledger(id);
      const { breaker, hold, endpoints } = this.#lane(id);
      const lane = {
        breaker: breaker.state,
        hold,
        choice: endpoints.choice,
        flying: this.#lane(id).flying().length,
        next: await this.#log.nextRetryAt(id),
      };
      if (performance.now() > until)
        throw new Error(`${id} does not drain: ${JSON.stringify({ waiting, retrying, held, cursor, lane, now: this.#log.now() })}`);
      return waiting + retrying + held === 0;
    });
  }

  async #agree(id: Id): Promise<void> {
    const ledger = await this.#log.ledger(id);
    expect(ledger.violations).toEqual([]);
    const received = new Set(endpointsOf[id].flatMap((name) => (this.#vendors.get(name) as Vendor).received));
    received.delete('undefined');
    // A webhook's dedupe key is the message id: another key would be one that nobody sent.
    expect([...received].filter((key) => !this.#sent.has(key))).toEqual([]);
    const missing: string[] = [];
    for (const messageId of this.#known.keys()) {
      if (this.#erased.has(messageId) || received.has(messageId)) continue;
      const [found] = await this.#log.find(messageId);
      const state = found?.places.find(({ destination }) => destination === id)?.state;
      if (!found) missing.push(`${messageId} is not in the log`);
      else if (state === 'settled' && (await this.#log.replaying.life(id, found.record.seq)).outcome === 'delivered')
        missing.push(`${messageId} counts as delivered, and ${id} never got it`);
    }
    expect(missing).toEqual([]);
  }

  async end(): Promise<void> {
    await this.#desk.delivery.close(0);
    await Promise.all(this.#gone);
    await this.#machine.dispose();
    for (const vendor of this.#vendors.values()) await vendor.close();
  }
}
