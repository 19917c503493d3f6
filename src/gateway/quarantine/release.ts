/**
 * Lets quarantined events into the log, exactly once each.
 *
 *   held ──claim──▶ claimed ──append, settle──▶ gone (counted as released)
 *     ▲                │
 *     └── still breaks the plan, or could not be appended ──┘
 *
 * A claim is durable before the append, and the append before the settle. A process that dies in between
 * leaves a claim; the next one looks whether the log has the event (`finishReleases`): if so it is
 * released, if not it is held again. The log's own dedupe would do the same, but only for as long as it remembers.
 */
import { err, ok, type Result } from '#contract/result.ts';
import { accept } from '#gateway/ingest/accept.ts';
import { checkEvent } from '#gateway/ingest/check-event.ts';
import type { IngestSource } from '#gateway/ingest/source-index.ts';
import type { EventLog, RouteId } from '#gateway/log/event-log.ts';
import type { GatewayEvent } from '#gateway/pipeline/event.ts';
import type { Meter } from '#gateway/telemetry/meter.ts';
import type { Choice, Held } from './held-table.ts';
import type { Quarantine } from './quarantine.ts';

export interface ReleaseDeps {
  readonly quarantine: Quarantine;
  readonly log: Pick<EventLog, 'append' | 'find'>;
  readonly meter: Pick<Meter, 'ingest'>;
  /** By id; null where there is none any more. */
  source(id: string): IngestSource | null;
  route(event: GatewayEvent, integrations: unknown): RouteId;
  /** Epoch ms. */
  now(): number;
}

export interface Release {
  readonly released: number;
  readonly duplicate: number;
  readonly kept: number;
  readonly failed: number;
}

type Fate =
  | { readonly to: 'released' | 'duplicate' | 'failed' }
  | { readonly to: 'kept'; readonly plan: string; readonly revision: number; readonly violations: string };

const chunk = 200;

/** Releases what fits its plan now, in the order in which it came; `limit` events are looked at, at most. */
export async function releaseHeld(deps: ReleaseDeps, choice: Choice, limit: number): Promise<Result<Release>> {
  const counts = { released: 0, duplicate: 0, kept: 0, failed: 0 };
  for (let afterId = 0, left = limit; left > 0; ) {
    const claimed = await deps.quarantine.claim(choice, afterId, Math.min(chunk, left));
    if (!claimed.ok) return claimed;
    if (claimed.value.length === 0) break;
    const fates = await Promise.all(claimed.value.map((held) => releaseOne(deps, held)));
    const settled = await deps.quarantine.settle(settlement(claimed.value, fates));
    if (!settled.ok) return settled;
    for (const { to } of fates) counts[to]++;
    left -= claimed.value.length;
    afterId = claimed.value.at(-1)?.id ?? afterId;
  }
  return ok(counts);
}

/** What a release would do. Changes nothing. */
export async function previewRelease(deps: ReleaseDeps, choice: Choice, limit: number): Promise<Result<Release>> {
  const counts = { released: 0, duplicate: 0, kept: 0, failed: 0 };
  for (let afterId = 0, left = limit; left > 0; ) {
    const page = await deps.quarantine.list(choice, afterId, Math.min(chunk, left));
    if (!page.ok) return page;
    if (page.value.length === 0) break;
    for (const held of page.value) counts[judge(deps, held).to]++;
    left -= page.value.length;
    afterId = page.value.at(-1)?.id ?? afterId;
  }
  return ok(counts);
}

/** Settles what a former process claimed and did not settle. */
export async function finishReleases({ quarantine, log }: Pick<ReleaseDeps, 'quarantine' | 'log'>): Promise<Result<number>> {
  const open = await quarantine.unsettled();
  if (!open.ok) return open;
  const fates: Fate[] = [];
  for (const held of open.value) {
    const found = await log.find(held.messageId, held.source);
    fates.push(found.length > 0 ? { to: 'released' } : { to: 'failed' });
  }
  if (fates.length === 0) return ok(0);
  const settled = await quarantine.settle(settlement(open.value, fates));
  return settled.ok ? ok(fates.length) : err(settled.error);
}

function settlement(claimed: readonly Held[], fates: readonly Fate[]): Parameters<Quarantine['settle']>[0] {
  const released: number[] = [];
  const kept: { id: number; plan: string; revision: number; violations: string }[] = [];
  for (const [index, held] of claimed.entries()) {
    const fate = fates[index];
    if (fate === undefined) throw new Error('a claim without a fate');
    if (fate.to === 'released' || fate.to === 'duplicate') released.push(held.id);
    else if (fate.to === 'kept') kept.push({ id: held.id, plan: fate.plan, revision: fate.revision, violations: fate.violations });
    else kept.push({ id: held.id, plan: held.plan, revision: held.revision, violations: held.violations });
  }
  return { released, kept };
}

type Judged = Fate | { readonly to: 'released'; readonly request: NonNullable<ReturnType<typeof accept>['request']> };

/** Today's redaction and plan, as if it came now, but with the time at which it did come. */
function judge(deps: ReleaseDeps, held: Held): Judged {
  const source = deps.source(held.source);
  if (source === null) return { to: 'failed' };
  const json: unknown = JSON.parse(held.body);
  const checked = checkEvent(json, null);
  if (!checked.ok) return { to: 'failed' };
  const context = { source, receivedAt: held.receivedAt, releasedAt: deps.now(), route: deps.route, newMessageId: () => held.messageId };
  const { request, quarantined, rejected } = accept(Buffer.from(held.body), json, checked.type, context);
  if (request !== null) return { to: 'released', request };
  const [again] = quarantined;
  if (again !== undefined) return { to: 'kept', plan: again.plan, revision: again.revision, violations: JSON.stringify(again.violations) };
  const details = rejected[0]?.error.details;
  // Where the plan blocks such events now, it is still held for what it breaks.
  return { to: 'kept', plan: held.plan, revision: held.revision, violations: JSON.stringify(details?.violations ?? []) };
}

async function releaseOne(deps: ReleaseDeps, held: Held): Promise<Fate> {
  const judged = judge(deps, held);
  if (!('request' in judged)) return judged;
  const appended = await deps.log.append(judged.request);
  if (!appended.ok) return { to: 'failed' };
  const { accepted, duplicate } = appended.value;
  deps.meter.ingest(held.source, { accepted, duplicate }, 0);
  return { to: accepted > 0 ? 'released' : 'duplicate' };
}
