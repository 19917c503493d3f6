/** What a drill looks at: the first sign that an operator can see, and what has not come back yet. Pure. */
import type { Verdict } from '#contract/operations/verdict.ts';
import type { DestinationTick } from '#contract/telemetry/tick.ts';

/** One second of a gateway as its operators see it. */
export interface Scene {
  /** Epoch ms. */
  readonly at: number;
  readonly lanes: ReadonlyMap<string, Pick<DestinationTick, 'state' | 'why' | 'health' | 'breaker' | 'oldestAt' | 'retrying' | 'dead'>>;
  readonly verdicts: ReadonlyMap<string, { readonly verdict: Verdict; readonly line: string }>;
  /** Why ingest turns events away; null while it takes them. */
  readonly refusal: string | null;
}

/** The first sign of trouble at `destinations` that was not there before; null where there is none. */
export function firstSign(before: Scene, now: Scene, destinations: readonly string[]): string | null {
  if (now.refusal !== null && before.refusal === null) return `ingest refuses events: ${now.refusal}`;
  for (const id of destinations) {
    const [lane, earlier] = [now.lanes.get(id), before.lanes.get(id)];
    if (lane === undefined) continue;
    if (lane.state !== earlier?.state && (lane.state === 'held' || lane.state === 'breaker'))
      return `lane of ${id}: ${lane.why || lane.state}`;
    const [verdict, earlierVerdict] = [now.verdicts.get(id), before.verdicts.get(id)];
    if (verdict !== undefined && verdict.verdict !== 'fine' && verdict.verdict !== earlierVerdict?.verdict)
      return `verdict on ${id}: ${verdict.verdict}. ${verdict.line}`;
    if (isIll(lane.health) && !isIll(earlier?.health)) return `health of ${id}: ${lane.health}`;
  }
  return null;
}

function isIll(health: string | undefined): boolean {
  return health === 'degraded' || health === 'failing';
}

/** What is not as before yet, in words; empty when all is. @param liftedAt epoch ms since which nothing is broken any more */
export function notBack(before: Scene | null, now: Scene, destinations: readonly string[], liftedAt: number): readonly string[] {
  const ill = destinations.flatMap((id) => {
    const lane = now.lanes.get(id);
    const earlier = before?.lanes.get(id);
    if (lane === undefined) return [];
    // What stood still before the drill, or was stopped by somebody meanwhile, is not the drill's to bring back.
    if (lane.state === earlier?.state && lane.state !== 'flowing') return [];
    if (lane.state !== 'flowing') return lane.state === 'held' || lane.state === 'breaker' ? [`${id}: ${lane.why || lane.state}`] : [];
    if (lane.oldestAt !== null && lane.oldestAt < liftedAt) return [`${id}: its backlog is not delivered yet`];
    return before !== null && lane.retrying > (earlier?.retrying ?? 0) ? [`${id}: ${lane.retrying} events wait for another attempt`] : [];
  });
  return now.refusal === null ? ill : [`ingest refuses events: ${now.refusal}`, ...ill];
}

/** Dead letters that came meanwhile, in words; empty where there are none. */
export function casualties(before: Scene, now: Scene, destinations: readonly string[]): string {
  const dead = destinations.flatMap((id) => {
    const more = (now.lanes.get(id)?.dead ?? 0) - (before.lanes.get(id)?.dead ?? 0);
    return more > 0 ? [`${more} more dead letters at ${id}`] : [];
  });
  return dead.join(', ');
}
