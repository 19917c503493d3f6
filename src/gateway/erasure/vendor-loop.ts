/** Asks vendors to erase people and how far they are: one request at a time of each destination, destinations beside each other. */
import type { VendorErasure } from '#contract/documents/erasure.ts';
import type { People } from '#gateway/people/people.ts';
import type { ErasureDocuments, ErasureEntry } from './erasure-documents.ts';
import type { VendorAsk } from './vendor-ask.ts';
import { answered, askForMs, isSettled, needsIds, sending, stopped } from './vendor-steps.ts';

export interface VendorLoopDeps {
  readonly documents: ErasureDocuments;
  readonly people: Pick<People, 'erasures' | 'lift' | 'durable'>;
  readonly vendors: VendorAsk;
  /** Epoch ms. */
  now(): number;
}

const unknownIds = {
  kind: 'failed',
  detail: 'who this was is no longer known here',
  suggestedAction: 'Request the erasure again with the person’s ids.',
} as const;

/** Erasures whose own part is done and that a vendor may still have to do with. */
export function openEntries(documents: ErasureDocuments): readonly ErasureEntry[] {
  return documents.all().filter(({ value }) => value.state !== 'done' && value.local.state === 'done');
}

/** All that is due now. */
export async function askVendors(deps: VendorLoopDeps, signal: AbortSignal): Promise<void> {
  const open = openEntries(deps.documents);
  const due = open.flatMap((entry) =>
    entry.value.destinations.filter((vendor) => isDue(vendor, deps.now())).map((vendor) => ({ entry, vendor })),
  );
  const byDestination = Map.groupBy(due, ({ vendor }) => vendor.destination);
  await Promise.all(
    [...byDestination.values()].map(async (asks) => {
      for (const { entry, vendor } of asks) if (!signal.aborted) await askVendor(deps, entry, vendor, signal);
    }),
  );
  for (const { id } of open) await concludeErasure(deps, id);
}

function isDue(vendor: VendorErasure, now: number): boolean {
  return !isSettled(vendor) && vendor.nextAt !== null && vendor.nextAt <= now;
}

async function askVendor(deps: VendorLoopDeps, { id, value }: ErasureEntry, vendor: VendorErasure, signal: AbortSignal): Promise<void> {
  const { documents, people, vendors, now } = deps;
  const { requestedAt } = value;
  const { destination } = vendor;
  const change = (make: (entry: VendorErasure) => VendorErasure) => documents.changeVendor(id, destination, make);
  const isStatus = vendor.state === 'accepted';
  const ids = people.erasures.idsOf(id);
  if (!isStatus && ids === null) {
    change((entry) => answered(entry, unknownIds, { now: now(), requestedAt, statusEveryMs: null }));
    return;
  }
  if (!isStatus && !change((entry) => sending(entry, now()))) return;
  const asked = isStatus || ids === null ? await vendors.status(vendor, signal) : await vendors.request(destination, ids, signal);
  // Whether it arrived is not known; at the next start it is asked again.
  if (signal.aborted) return;
  change((entry) => {
    if (asked.kind === 'stopped') return stopped({ ...entry, attempts: vendor.attempts }, now(), asked.why);
    if (asked.kind === 'notOffered')
      return { ...entry, state: 'notOffered', at: now(), nextAt: null, detail: '', suggestedAction: asked.suggestedAction };
    return answered(entry, asked.answer, { now: now(), requestedAt, statusEveryMs: asked.statusEveryMs });
  });
}

/** Vendors are through with it, and yet it was not ended: the disk did not take it. */
export function isUnended({ value }: ErasureEntry): boolean {
  return value.state === 'running' && value.destinations.every(isSettled);
}

/** Ends an erasure, and takes the person's ids away as soon as no vendor needs them. Where the disk fails it is left for later. */
async function concludeErasure({ documents, people, now }: VendorLoopDeps, id: string): Promise<void> {
  const entry = documents.get(id);
  if (entry === null) return;
  const { destinations, requestedAt } = entry.value;
  const isOver = destinations.every(isSettled);
  // Nobody came for a month: ids are not kept in the hope that somebody will.
  const isForsaken = isOver && now() - requestedAt > askForMs;
  if ((isForsaken || !destinations.some(needsIds)) && people.erasures.idsOf(id) !== null) {
    const forgotten = await people.erasures.forget(id);
    if (!forgotten.ok) return;
  }
  if (!isOver) return;
  const isDone = destinations.every(({ state }) => state !== 'failed');
  if ((isDone || isForsaken) && !(await liftSuppression(people, entry))) return;
  documents.change(id, (value) => ({ ...value, state: isDone ? 'done' : 'attention', endedAt: isDone ? now() : null }));
}

/** What the erasure itself suppressed; a suppression of before, or one that somebody asked for since, stays. */
export async function liftSuppression(people: Pick<People, 'lift' | 'durable'>, { value }: Pick<ErasureEntry, 'value'>): Promise<boolean> {
  for (const hash of value.people) people.lift(hash, value.requestedAt);
  return (await people.durable()).ok;
}
