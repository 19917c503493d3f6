/** Times always say their zone. `now` and zones come in, so that every function is pure. */
const cache = new Map<string, Intl.DateTimeFormat>();

function formatter(key: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const known = cache.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-GB', { hourCycle: 'h23', ...options });
  cache.set(key, made);
  return made;
}

/** `03:12:45` in `zone` (an IANA name, or undefined for the operator's own). */
export function clock(at: number, zone?: string): string {
  return formatter(`clock ${zone ?? ''}`, { hour: '2-digit', minute: '2-digit', second: '2-digit', ...zoneOf(zone) }).format(at);
}

/** `03:12` */
export function clockMinutes(at: number, zone?: string): string {
  return formatter(`minutes ${zone ?? ''}`, { hour: '2-digit', minute: '2-digit', ...zoneOf(zone) }).format(at);
}

/** `Fri 20 Nov` */
export function dayOf(at: number, zone?: string): string {
  return formatter(`day ${zone ?? ''}`, { weekday: 'short', day: 'numeric', month: 'short', ...zoneOf(zone) }).format(at);
}

/** `20 Nov 2026, 03:12:45 UTC`, what a relative age shows on hover. */
export function absolute(at: number, zone = 'UTC'): string {
  return formatter(`absolute ${zone}`, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
    timeZone: zone,
  }).format(at);
}

/** Abbreviation of the operator's own zone: `CET`, `GMT+1`. */
export function localZone(at: number): string {
  const parts = formatter('zone', { timeZoneName: 'short' }).formatToParts(at);
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? 'local';
}

function zoneOf(zone: string | undefined): Intl.DateTimeFormatOptions {
  return zone === undefined ? {} : { timeZone: zone };
}
