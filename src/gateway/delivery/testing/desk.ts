/** A delivery over the memory log, with webhook destinations, for tests. */
import { type Destination, destinationSchema } from '#contract/documents/destination.ts';
import { switchSchema } from '#contract/documents/switch.ts';
import { createRegistry } from '#gateway/connectors/registry.ts';
import type { AppendEvent, EventLog, LedgerView } from '#gateway/log/event-log.ts';
import { createMemoryLog } from '#gateway/log/memory-log.ts';
import { toGatewayEvent } from '#gateway/pipeline/to-event.ts';
import type { Meter } from '#gateway/telemetry/meter.ts';
import { createDelivery, type Delivery, type DeliveryDeps } from '../delivery.ts';
import type { CredentialReading } from '../lane-spec.ts';
import type { Gate, SwitchInForce } from '../rules.ts';

export interface TestDesk {
  readonly log: EventLog;
  readonly delivery: Delivery;
  readonly bugs: unknown[];
  credential: CredentialReading;
  send(...messageIds: string[]): Promise<void>;
  sendNamed(name: string, ...messageIds: string[]): Promise<void>;
  /** Events of one user. */
  sendOf(userId: string, ...messageIds: string[]): Promise<void>;
  switches(...values: unknown[]): void;
  ledger(destination?: string): Promise<LedgerView>;
  /** Waits, by looking each turn, until the ledger of `hook` fits. */
  until(fits: (ledger: LedgerView) => boolean): Promise<LedgerView>;
  close(): Promise<void>;
}

const silentMeter: Meter = { ingest() {}, request() {}, delivered() {}, failed() {}, dropped() {} };
export const whsec = `whsec_${Buffer.from('sluice test signing key').toString('base64')}`;

/** Takes the next turn of the loop until `done`; a test's own timeout ends it. */
export async function eventually(done: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await done())) await new Promise((resolve) => setTimeout(resolve, 2));
}

export async function openTestDesk(
  url: string,
  overrides: Partial<Destination['delivery']> = {},
  log: EventLog = createMemoryLog(),
  gate: Gate | null = null,
  parts: Partial<DeliveryDeps> = {},
  first: Destination | null = null,
): Promise<TestDesk> {
  const registry = createRegistry();
  const bugs: unknown[] = [];
  let desk: TestDesk;
  const delivery = createDelivery({
    log,
    meter: silentMeter,
    connector: registry.get,
    gate: () => gate,
    now: () => performance.timeOrigin + performance.now(),
    random: () => 0,
    credential: () => desk.credential,
    refuseCredential: (_, detail) => {
      desk.credential = { usable: false, detail };
    },
    bug: (error) => bugs.push(error),
    ...parts,
  });
  const destination =
    first ??
    destinationSchema.parse({
      name: 'Hook',
      connector: 'webhook',
      endpoint: url,
      settings: {},
      delivery: { batchSize: 1, batchWaitMs: 0, ...overrides },
    });

  async function append(name: string, userId: string, messageIds: readonly string[]): Promise<void> {
    const receivedAt = Date.now();
    const route = log.route([...delivery.ordinals.values()]);
    const raw = messageIds.map((messageId) => ({ type: 'track', messageId, event: name, userId, properties: {} }));
    const events = raw.map(
      (each, element): AppendEvent => ({
        messageId: each.messageId,
        type: 'track',
        route,
        element,
        event: toGatewayEvent(each, { source: 'web', receivedAt, type: 'track' }),
      }),
    );
    const appended = await log.append({ source: 'web', receivedAt, body: Buffer.from(JSON.stringify({ batch: raw })), events });
    if (!appended.ok) throw new Error(appended.error.code);
  }
  desk = {
    log,
    delivery,
    bugs,
    credential: { usable: true, values: { secret: whsec }, revision: 1 },
    send: (...messageIds) => append('Order', 'u1', messageIds),
    sendNamed: (name, ...messageIds) => append(name, 'u1', messageIds),
    sendOf: (userId, ...messageIds) => append('Order', userId, messageIds),
    switches: (...values) =>
      delivery.setSwitches(
        values.map((value): SwitchInForce => ({ value: switchSchema.parse(value), by: 'ana', reason: '', at: Date.now() })),
      ),
    ledger: (id = 'hook') => log.ledger(id),
    async until(fits) {
      for (;;) {
        const ledger = await log.ledger('hook');
        if (fits(ledger)) return ledger;
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    },
    async close() {
      await delivery.close(200);
      await log.close();
    },
  };
  await delivery.apply(new Map([['hook', destination]]));
  return desk;
}
