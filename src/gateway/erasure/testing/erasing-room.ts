/**
 * Erasure for tests: real documents, vault, connectors, people and quarantine, the memory log, vendors over HTTP, and a hand
 * on the clock. A restart keeps what is on disk or in documents, and nothing else.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Erasure } from '#contract/documents/erasure.ts';
import { operations } from '#contract/operations/index.ts';
import { createCheckSender } from '#gateway/control/check-sender.ts';
import { call, createControlRoom, hook, unwrap } from '#gateway/control/testing/control-room.ts';
import { concludeWithoutLane } from '#gateway/delivery/concluding.ts';
import { createErasures, type Erasures } from '#gateway/erasure/erasures.ts';
import { createErasureHandlers } from '#gateway/erasure/handlers.ts';
import { type ErasureLanes, eraseLocally } from '#gateway/erasure/local.ts';
import { createVendorAsk } from '#gateway/erasure/vendor-ask.ts';
import type { EventLog } from '#gateway/log/event-log.ts';
import { createMemoryLog } from '#gateway/log/memory-log.ts';
import { openPeople, type People } from '#gateway/people/people.ts';
import { createQuarantine, type Quarantine } from '#gateway/quarantine/quarantine.ts';

type Control = Awaited<ReturnType<typeof createControlRoom>>;

/** Timers fired by hand. */
function createTimers(now: () => number) {
  let timers: { readonly at: number; readonly callback: () => void }[] = [];
  return {
    schedule(callback: () => void, delayMs: number) {
      const timer = { at: now() + delayMs, callback };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    fire() {
      const due = timers.filter(({ at }) => at <= now());
      timers = timers.filter(({ at }) => at > now());
      for (const { callback } of due) callback();
    },
    clear() {
      timers = [];
    },
  };
}

function openFiles(folder: string) {
  const quarantine = createQuarantine({
    file: join(folder, 'quarantine.db'),
    limits: () => ({ maxEvents: 1000, maxBytes: 1e9 }),
    onCrash: (error) => {
      throw error;
    },
  });
  return { people: unwrap(openPeople(join(folder, 'people.db'))), quarantine };
}

type Files = ReturnType<typeof openFiles>;

const idsOf = (control: Control) => control.store.list('destination').map(({ id }) => id);

interface Opening {
  readonly control: Control;
  readonly log: EventLog;
  readonly send: ReturnType<typeof createCheckSender>['send'];
  readonly stopped: ReadonlyMap<string, string>;
  schedule(callback: () => void, delayMs: number): () => void;
  beforeLocal(): void;
}

function openErasures({ control, log, send, stopped, schedule, beforeLocal }: Opening, { people, quarantine }: Files) {
  const now = () => control.clock.now;
  const vendors = createVendorAsk({
    store: control.store,
    vault: control.vault,
    connectors: control.connectors,
    send,
    stopped: (id) => stopped.get(id) ?? null,
    now,
  });
  const lanes: ErasureLanes = {
    destinations: () => idsOf(control),
    landed: async () => {},
    conclude: (id, seqs) => concludeWithoutLane(log, id, seqs),
    forget: () => 0,
  };
  const failing = {
    now: () => log.now(),
    whenAppended: async () => beforeLocal(),
    personalEvents: log.personalEvents.bind(log),
    erase: log.erase.bind(log),
  };
  const erasures = createErasures({
    store: control.store,
    people,
    vendors,
    local: (hashes) => eraseLocally({ log: failing, lanes, quarantine, people, wait: async () => {} }, hashes),
    now,
    schedule,
    bug: (error) => {
      throw error;
    },
  });
  return { vendors, erasures };
}

/** The lead puts a destination, and binds its credential. */
async function addDestination(control: Control, id: string, value: object, secret: Readonly<Record<string, string>>): Promise<void> {
  const destination = hook(value as Readonly<Record<string, unknown>>);
  unwrap(await control.handlers['destination.put']({ dryRun: false, id, value: destination }, call()));
  const origin = new URL(destination.endpoint ?? '').origin;
  const sealed = control.seal({ destination: id, origin, secret });
  unwrap(await control.handlers['credential.bind']({ dryRun: false, destination: id, version: 1, sealed }, call()));
}

export interface ErasingRoom {
  readonly log: EventLog;
  readonly people: People;
  readonly quarantine: Quarantine;
  readonly erasures: Erasures;
  readonly control: Control;
  /** Why destinations are stopped. */
  readonly stopped: Map<string, string>;
  handlers(): ReturnType<typeof createErasureHandlers>;
  /** Requests the erasure of a person, as a lead does. */
  request(input: object): Promise<string>;
  get(id: string): Erasure;
  /** A destination at `endpoint`, its credential bound. */
  addDestination(id: string, value: object, secret: Readonly<Record<string, string>>): Promise<void>;
  /** Moves the clock on, and waits for what becomes due. */
  pass(ms: number): Promise<void>;
  /** Until there is nothing to do now. */
  idle(): Promise<void>;
  restart(): Promise<void>;
  /** Whether any file of the data folder holds a text. */
  filesHold(text: string): boolean;
  /** Comes before anything is erased here; may throw. */
  beforeLocal: () => void;
  close(): Promise<void>;
}

export async function createErasingRoom(): Promise<ErasingRoom> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-erasing-'));
  const control = await createControlRoom();
  const now = () => control.clock.now;
  const log = createMemoryLog({ now });
  const sender = createCheckSender({ timeoutMs: 2000 });
  const stopped = new Map<string, string>();
  const timers = createTimers(now);
  const opening: Opening = { control, log, send: sender.send, stopped, schedule: timers.schedule, beforeLocal: () => room.beforeLocal() };
  let files = openFiles(folder);
  let opened = openErasures(opening, files);

  async function closeFiles(): Promise<void> {
    await opened.erasures.close();
    await files.people.close();
    await files.quarantine.close();
  }
  function handlers() {
    const { people, quarantine } = files;
    const preview = { log, quarantine, vendors: opened.vendors, destinations: () => idsOf(control), monotonic: () => 0 };
    return createErasureHandlers({ store: control.store, people, erasures: opened.erasures, vendors: opened.vendors, preview, now });
  }

  const room: ErasingRoom = {
    log,
    control,
    stopped,
    beforeLocal: () => {},
    get people() {
      return files.people;
    },
    get quarantine() {
      return files.quarantine;
    },
    get erasures() {
      return opened.erasures;
    },
    handlers,
    async request(input) {
      const parsed = operations['erasure.request'].input.parse({ confirm: 'erase', reason: 'ticket 7', ...input });
      return unwrap(await handlers()['erasure.request'](parsed, call())).id;
    },
    get(id) {
      const entry = opened.erasures.documents.get(id);
      if (entry === null) throw new Error(`no erasure ${id}`);
      return entry.value;
    },
    async addDestination(id, value, secret) {
      await addDestination(control, id, value, secret);
      await log.register(id);
    },
    async pass(ms) {
      control.clock.now += ms;
      timers.fire();
      await room.idle();
    },
    idle: () => opened.erasures.idle(),
    async restart() {
      await closeFiles();
      timers.clear();
      files = openFiles(folder);
      opened = openErasures(opening, files);
      opened.erasures.wake();
      await room.idle();
    },
    filesHold: (text) => readdirSync(folder).some((name) => readFileSync(join(folder, name)).includes(text)),
    async close() {
      await closeFiles();
      await sender.close();
      await log.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return room;
}
