/**
 * Which endpoint of a destination is active, where its endpoints are ordered. Pure.
 *
 *   stay       by default, and always where a person chose it (pinned)
 *   fail over  the breaker of the active one is open: the first other one, in their order, that is *fit*
 *   fail back  an earlier one was healthy for long enough, and the last change lies far enough back: the earliest such
 *
 * Hysteresis. What no failure forces waits for both times, `healthyMs` and `dwellMs`. An endpoint that fails again
 * soon after it was returned to is a *relapse*: each in a row doubles the healthy time that the next return
 * asks for, so that an endpoint that comes and goes is not followed.
 *
 * Fit is an endpoint whose breaker is closed and whose last probe did not fail, and one that was healthy for
 * `healthyMs`; once the last change is `dwellMs` ago, any whose breaker is not open. So while all are down the choice
 * wanders at most once in `dwellMs`.
 */
import type { BreakerState } from '#contract/telemetry/breaker.ts';

/** What is known of an endpoint at a moment. */
export interface EndpointView {
  readonly id: string;
  readonly domain: string;
  /** An open one whose time to probe has come counts as half-open. */
  readonly breaker: BreakerState;
  /** Why the breaker is open. */
  readonly why: string;
  /** Epoch ms since when its probes are good; null where the last was not, or there was none. */
  readonly healthySince: number | null;
  /** The last probe failed. */
  readonly isFailing: boolean;
}

export interface Choice {
  readonly active: string;
  /** Dedupe domain of `active`. */
  readonly domain: string;
  /** Epoch ms. */
  readonly since: number;
  /** In an operator's words. */
  readonly why: string;
  readonly pinned: boolean;
  /** It was returned to: failing soon would be a relapse. */
  readonly isReturn: boolean;
  /** Relapses in a row. */
  readonly relapses: number;
}

/** Where a destination begins. @param routes in their order, at least one */
export function firstChoice(routes: readonly { readonly id: string; readonly dedupeDomain: string }[], now: number): Choice {
  const [first] = routes;
  if (first === undefined) throw new Error('a destination has at least one endpoint');
  return { active: first.id, domain: first.dedupeDomain, since: now, why: '', pinned: false, isReturn: false, relapses: 0 };
}

export interface FailoverPolicy {
  readonly healthyMs: number;
  readonly dwellMs: number;
}

/** A return that fails within this is a relapse; one that holds for longer clears the count, ms. */
export const relapseMs = 600_000;
const mostDoublings = 6;

/** How long an earlier endpoint must have been healthy before it is returned to, ms. */
export function healthyNeededMs({ healthyMs }: FailoverPolicy, relapses: number): number {
  return healthyMs * 2 ** Math.min(relapses, mostDoublings);
}

/** @param views in their order, at least one @returns the same choice where nothing changes */
export function chooseEndpoint(choice: Choice, views: readonly EndpointView[], policy: FailoverPolicy, now: number): Choice {
  const index = views.findIndex(({ id }) => id === choice.active);
  const active = views[index];
  if (active === undefined) return lost(choice, views, now);
  if (choice.pinned) return choice;
  if (active.breaker === 'open') return failOver(choice, active, views, policy, now);
  return failBack(choice, views.slice(0, index), policy, now);
}

function lost(choice: Choice, views: readonly EndpointView[], now: number): Choice {
  const next = views.find(({ breaker }) => breaker !== 'open') ?? (views[0] as EndpointView);
  return { ...moved(choice, next, now), why: `${choice.active} is an endpoint no more`, relapses: 0 };
}

function failOver(choice: Choice, active: EndpointView, views: readonly EndpointView[], { dwellMs }: FailoverPolicy, now: number): Choice {
  const hasDwelt = now - choice.since >= dwellMs;
  const others = views.filter((view) => view !== active);
  const next =
    others.find(({ breaker, isFailing }) => breaker === 'closed' && !isFailing) ??
    (hasDwelt ? others.find(({ breaker }) => breaker !== 'open') : undefined);
  if (next === undefined) return choice;
  const isRelapse = choice.isReturn && now - choice.since < relapseMs;
  const relapses = isRelapse ? choice.relapses + 1 : choice.isReturn ? 0 : choice.relapses;
  return { ...moved(choice, next, now), why: `${active.id} failed: ${active.why}`, relapses };
}

function failBack(choice: Choice, earlier: readonly EndpointView[], policy: FailoverPolicy, now: number): Choice {
  if (now - choice.since < policy.dwellMs) return choice;
  const neededMs = healthyNeededMs(policy, choice.relapses);
  const next = earlier.find(({ healthySince }) => healthySince !== null && now - healthySince >= neededMs);
  if (next === undefined) return choice;
  return { ...moved(choice, next, now), why: `${next.id} is healthy again, for ${Math.round(neededMs / 1000)} s`, isReturn: true };
}

function moved({ relapses }: Choice, { id, domain }: EndpointView, now: number): Choice {
  return { active: id, domain, since: now, why: '', pinned: false, isReturn: false, relapses };
}
