/** Replays over a real delivery with one webhook destination, for tests: documents in memory, the log that is given. */
import { randomUUID } from 'node:crypto';
import { destinationSchema } from '#contract/documents/destination.ts';
import type { InputOf, OutputOf } from '#contract/operation.ts';
import type { OperationName, Operations } from '#contract/operations/index.ts';
import { operations } from '#contract/operations/index.ts';
import type { Result } from '#contract/result.ts';
import { createMemoryStore } from '#gateway/control/memory-store.ts';
import type { Gate } from '#gateway/delivery/rules.ts';
import { eventually, openTestDesk, type TestDesk } from '#gateway/delivery/testing/desk.ts';
import { compileMapping } from '#gateway/ingest/mapping.ts';
import type { Treatment } from '#gateway/ingest/treatment.ts';
import type { EventLog } from '#gateway/log/event-log.ts';
import { createMemoryLog } from '#gateway/log/memory-log.ts';
import { createEdits, type Edits } from '../edits.ts';
import { createReplayHandlers, type ReplayOperation } from '../handlers.ts';
import { Replays } from '../replays.ts';

export interface ReplayRoom {
  readonly desk: TestDesk;
  readonly log: EventLog;
  readonly replays: Replays;
  readonly edits: Edits;
  readonly store: ReturnType<typeof createMemoryStore>;
  readonly problems: unknown[];
  call<N extends ReplayOperation>(name: N, input: InputOf<Operations[N]>, commandId?: string): Promise<Result<OutputOf<Operations[N]>>>;
  /** The same; throws where it fails. */
  must<N extends ReplayOperation>(name: N, input: InputOf<Operations[N]>): Promise<OutputOf<Operations[N]>>;
  /** Steps replays until it fits. */
  steps(done: () => boolean | Promise<boolean>): Promise<void>;
  close(): Promise<void>;
}

export interface RoomOptions {
  readonly log?: EventLog;
  readonly gate?: Gate;
  readonly treatment?: Treatment;
  /** Which records today's documents would send to the destination. */
  readonly wants?: (name: string) => boolean;
}

export async function openReplayRoom(url: string, options: RoomOptions = {}): Promise<ReplayRoom> {
  const log = options.log ?? createMemoryLog();
  const desk = await openTestDesk(url, { maxAttempts: 2 }, log, options.gate ?? null);
  const { lanes, ordinals } = desk.delivery;
  const store = createMemoryStore(() => log.now());
  const value = destinationSchema.parse({ name: 'Hook', connector: 'webhook', endpoint: url, settings: {} });
  store.commit([{ kind: 'destination', id: 'hook', value }], {
    by: 'test',
    action: 'destination.put',
    target: '',
    reason: '',
    commandId: null,
  });
  const problems: unknown[] = [];
  const wants = (_: string, record: { readonly event: { readonly name: string } }) => options.wants?.(record.event.name) ?? true;
  const replays = new Replays({ store, log, lanes, wants, now: () => log.preciseNow(), report: (error) => problems.push(error) });
  const edits = createEdits({
    log,
    meter: { ingest() {} },
    source: (id) => ({ id, enabled: true, mapping: compileMapping(undefined), treatment: options.treatment ?? null, account: null }),
    ordinalOf: (destination) => ordinals.get(destination) ?? -1,
  });
  const handlers = createReplayHandlers({
    store,
    log,
    lanes,
    ordinals,
    replays,
    edits,
    wants,
    planOf: () => null,
    now: () => log.preciseNow(),
  });

  async function call<N extends ReplayOperation>(name: N, input: InputOf<Operations[N]>, commandId?: string) {
    const { kind, input: schema } = operations[name as OperationName];
    const context = {
      audience: 'view',
      by: 'ana',
      commandId: kind === 'command' ? (commandId ?? randomUUID()) : null,
      signal: new AbortController().signal,
    } as const;
    const handle = handlers[name] as (input: unknown, with_: typeof context) => Promise<Result<OutputOf<Operations[N]>>>;
    return handle(schema.parse(input), context);
  }
  return {
    desk,
    log,
    replays,
    edits,
    store,
    problems,
    call,
    async must(name, input) {
      const result = await call(name, input);
      if (!result.ok) throw new Error(`${name}: ${JSON.stringify(result.error)}`);
      return result.value;
    },
    steps: (done) =>
      eventually(async () => {
        await replays.tick();
        return done();
      }),
    async close() {
      await replays.close();
      await desk.close();
    },
  };
}
