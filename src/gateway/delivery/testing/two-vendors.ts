/** A delivery to several webhooks, of which each can be stopped alone; events go where a test says. */
import { onTestFinished } from 'vitest';
import { destinationSchema } from '#contract/documents/destination.ts';
import type { EventLog, LedgerView } from '#gateway/log/event-log.ts';
import { createMemoryLog } from '#gateway/log/memory-log.ts';
import { toGatewayEvent } from '#gateway/pipeline/to-event.ts';
import { openTestDesk, type TestDesk, whsec } from './desk.ts';
import { startVendor, type Vendor } from './vendor.ts';

export interface Vendors {
  readonly desk: TestDesk;
  readonly log: EventLog;
  vendor(name: string): Vendor;
  /** Appends events that are routed to these alone. */
  sendTo(to: readonly string[], name: string, ...messageIds: string[]): Promise<void>;
  /** Waits until the ledger of a destination fits, and returns it. It always balances. */
  until(name: string, fits: (ledger: LedgerView) => boolean): Promise<LedgerView>;
  /** Takes the credential of a destination away, or gives it back. */
  allow(name: string, isAllowed: boolean): void;
  /** Which destinations there are from now on. */
  have(...names: string[]): Promise<void>;
}

export async function openVendors(names: readonly string[], log: EventLog = createMemoryLog()): Promise<Vendors> {
  const vendors = new Map<string, Vendor>();
  for (const name of names) vendors.set(name, await startVendor());
  const forbidden = new Set<string>();
  const vendor = (name: string) => vendors.get(name) as Vendor;
  const destination = (name: string) => {
    const delivery = { batchSize: 1, batchWaitMs: 0 };
    return destinationSchema.parse({ name, connector: 'webhook', endpoint: vendor(name).url, delivery });
  };
  const first = names[0] as string;
  const desk = await openTestDesk(vendor(first).url, {}, log, null, {
    credential: (name) =>
      forbidden.has(name) ? { usable: false, detail: 'there is none' } : { usable: true, values: { secret: whsec }, revision: 1 },
  });
  const have = (...wanted: string[]) => desk.delivery.apply(new Map(wanted.map((name) => [name, destination(name)])));
  await have(...names);
  onTestFinished(async () => {
    await desk.close();
    await Promise.all([...vendors.values()].map((each) => each.close()));
  });
  return {
    desk,
    log,
    vendor,
    have,
    async sendTo(to, name, ...messageIds) {
      const receivedAt = Date.now();
      const route = log.route(to.map((each) => desk.delivery.ordinals.get(each) as number));
      for (const messageId of messageIds) {
        const raw = { type: 'track', messageId, event: name, userId: 'u1', properties: {} };
        const event = toGatewayEvent(raw, { source: 'web', receivedAt, type: 'track' });
        const events = [{ messageId, type: 'track' as const, route, element: -1, event }];
        const appended = await log.append({ source: 'web', receivedAt, body: Buffer.from(JSON.stringify(raw)), events });
        if (!appended.ok) throw new Error(appended.error.code);
      }
    },
    async until(name, fits) {
      for (;;) {
        const ledger = await log.ledger(name);
        if (ledger.violations.length > 0) throw new Error(ledger.violations.join('; '));
        if (fits(ledger)) return ledger;
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    },
    allow(name, isAllowed) {
      if (isAllowed) forbidden.delete(name);
      else forbidden.add(name);
      desk.delivery.credentialChanged(name);
    },
  };
}
