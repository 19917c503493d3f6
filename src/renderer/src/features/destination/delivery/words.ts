/** Pure: what limits a destination, in words. */
import type { Destination } from '#contract/documents/destination.ts';
import type { BreakerState } from '#contract/telemetry/breaker.ts';
import { age, counted, duration, perSecond, ratio, toText } from '#renderer/ui/quantity.ts';
import type { MarkState } from '#renderer/ui/state.ts';
import type { DestinationTransport, LaneLimits } from '../use-lane.ts';

export const breakerWords = { closed: 'Closed', open: 'Open', 'half-open': 'Probing' } as const satisfies Record<BreakerState, string>;

export const breakerMarks = { closed: 'healthy', 'half-open': 'degraded', open: 'failing' } as const satisfies Record<
  BreakerState,
  MarkState
>;

/** Closed delivers, probing tries, open waits; what a person keeps open is held, not failing. */
export function breakerMark({ effective, forced }: Pick<LaneLimits['breaker'], 'effective' | 'forced'>): MarkState {
  if (forced?.state === 'open') return 'parked';
  return breakerMarks[effective];
}

export function windowText({ windowMs, calls, failed, slow, slowMs }: LaneLimits['breaker']['window']): string {
  const span = `in the last ${toText(duration(windowMs))}`;
  if (calls === 0) return `no calls ${span}`;
  const share = (count: number) => `${count.toLocaleString('en-US')} (${toText(ratio(count / calls))})`;
  return `${counted(calls, 'call')} ${span}: ${share(failed)} failed, ${share(slow)} took over ${toText(duration(slowMs))}`;
}

/** When it opens by itself. */
export function judgingText({ failureShare, slowShare, minCalls, openMs }: Destination['delivery']['breaker']): string {
  return `at ${toText(ratio(failureShare))} failed or ${toText(ratio(slowShare))} slow of at least ${counted(minCalls, 'call')}; probes after ${toText(duration(openMs))}`;
}

/** How fast it may go now; and why not faster, null where nothing slows it. */
export function rateText(rate: LaneLimits['rate'], now: number): { readonly now: string; readonly why: string | null } {
  if (rate === null) return { now: 'as fast as the vendor answers', why: null };
  const { ceilingPerSecond, throttledAt } = rate;
  const most = ceilingPerSecond === null ? '' : ` of at most ${toText(perSecond(ceilingPerSecond))}`;
  const why =
    throttledAt === null
      ? null
      : `The vendor said “too fast” ${toText(age(now - throttledAt))} ago: halved then, a little faster each second since.`;
  return { now: `${toText(perSecond(rate.perSecond))}${most}`, why };
}

/** When an earlier endpoint takes over again; null where none would. */
export function failBackText(
  transport: DestinationTransport,
  { healthyMs, dwellMs }: NonNullable<Destination['endpoints']>,
  now: number,
): string | null {
  const at = transport.endpoints.findIndex(({ id }) => id === transport.active);
  if (transport.mode !== 'ordered' || transport.pinned || at <= 0) return null;
  const back = transport.endpoints.slice(0, at).find(({ healthySince }) => healthySince !== null);
  if (back?.healthySince == null) return 'No earlier endpoint answers its probes yet.';
  const dueAt = Math.max(back.healthySince + healthyMs, transport.since + dwellMs);
  return dueAt <= now
    ? `Goes back to ${back.id} any moment: it is well.`
    : `Goes back to ${back.id} in ${toText(age(dueAt - now))} if it stays well.`;
}
