import { clock, clockMinutes, dayOf } from '../time.ts';

/** How ticks of a span are written, in the operator's zone. */
export function timeFormatter(spanMs: number): (at: number) => string {
  if (spanMs < 120_000) return (at) => clock(at);
  if (spanMs <= 86_400_000) return (at) => clockMinutes(at);
  return (at) => (clockMinutes(at) === '00:00' ? dayOf(at) : clockMinutes(at));
}

/** Offset of the operator's zone at a time, ms east of UTC. */
export function zoneOffsetMs(at: number): number {
  return -new Date(at).getTimezoneOffset() * 60_000;
}
