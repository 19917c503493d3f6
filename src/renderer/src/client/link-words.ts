import type { LinkState } from './link.ts';

/** A tick comes each second; silence of two shows. */
export const tickMs = 1000;
const lateMs = 2 * tickMs + 500;
/** Silence after which a link that calls itself live is made anew. */
export const silentMs = 12_000;

export interface LinkWords {
  readonly state: 'healthy' | 'degraded' | 'failing' | 'none';
  readonly text: string;
  /** How old what is on screen is, ms; 0 while live. */
  readonly ageMs: number;
}

/** The link in words: `Live`, `3 s behind`, `Offline since 03:12 CET`. `clockOf` writes a time of day with its zone. */
export function linkWords(
  link: Pick<LinkState, 'phase' | 'since'>,
  tickAt: number | null,
  now: number,
  clockOf: (at: number) => string,
): LinkWords {
  const ageMs = tickAt === null ? 0 : Math.max(0, now - tickAt);
  if (link.phase === 'connecting') return { state: 'none', text: 'Connecting…', ageMs };
  if (link.phase === 'refused') return { state: 'failing', text: 'Refused by the gateway', ageMs };
  if (link.phase === 'offline') return { state: 'failing', text: `Offline since ${clockOf(link.since)}`, ageMs };
  if (tickAt === null) return { state: 'none', text: 'Waiting for the first data', ageMs };
  if (ageMs < lateMs) return { state: 'healthy', text: 'Live', ageMs: 0 };
  return { state: 'degraded', text: `${Math.floor(ageMs / 1000)} s behind`, ageMs };
}
