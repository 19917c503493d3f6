/** What erasing a person would touch. Changes nothing; bounded in time, because a log may be large. */
import type { OutputOf } from '#contract/operation.ts';
import type { erasureRequest } from '#contract/operations/erasure.ts';
import { ok, type Result } from '#contract/result.ts';
import type { EventLog } from '#gateway/log/event-log.ts';
import type { PeopleMatch } from '#gateway/log/person-match.ts';
import type { Quarantine } from '#gateway/quarantine/quarantine.ts';
import type { VendorAsk } from './vendor-ask.ts';

export type Preview = NonNullable<OutputOf<typeof erasureRequest>['preview']>;

export interface PreviewDeps {
  readonly log: Pick<EventLog, 'personalEvents' | 'obligations'>;
  readonly quarantine: Pick<Quarantine, 'personal'>;
  readonly vendors: Pick<VendorAsk, 'offer'>;
  destinations(): readonly string[];
  /** Monotonic ms. */
  monotonic(): number;
}

const lookForMs = 5000;
const seqsAtOnce = 5000;

export async function previewErasure(deps: PreviewDeps, match: PeopleMatch): Promise<Result<Preview>> {
  const { log, quarantine, vendors, monotonic } = deps;
  const end = monotonic() + lookForMs;
  const seqs: number[] = [];
  let isComplete = false;
  for (let after = 0; !isComplete && monotonic() < end; ) {
    const page = await log.personalEvents(match, after);
    for (const { seq } of page.events) seqs.push(seq);
    after = page.through;
    isComplete = page.isOver;
  }
  let quarantined = 0;
  for (let after = 0, isOver = false; !isOver; ) {
    const slice = await quarantine.personal(match, after);
    if (!slice.ok) return slice;
    quarantined += slice.value.held.length;
    after = slice.value.through;
    isOver = slice.value.isOver;
  }
  const lanes = await Promise.all(deps.destinations().map((destination) => owedAt(log, destination, seqs)));
  const asked = deps.destinations().map((destination) => ({ destination, ...vendors.offer(destination) }));
  return ok({
    events: seqs.length,
    isComplete,
    quarantined,
    lanes: lanes.filter(({ retrying, dead, held }) => retrying + dead + held > 0),
    vendors: asked,
  });
}

async function owedAt(log: PreviewDeps['log'], destination: string, seqs: readonly number[]): Promise<Preview['lanes'][number]> {
  const counts = { destination, retrying: 0, dead: 0, held: 0 };
  for (let at = 0; at < seqs.length; at += seqsAtOnce) {
    const { rows, held } = await log.obligations(destination, seqs.slice(at, at + seqsAtOnce));
    for (const { state } of rows) counts[state]++;
    counts.held += held.length;
  }
  return counts;
}
