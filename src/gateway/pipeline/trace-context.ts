/** W3C Trace Context (www.w3.org/TR/trace-context): read from the sender, handed on to vendors as a child. */
import { randomBytes } from 'node:crypto';

const form = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/;
const zeros = /^0+$/;

/** The header as version 00 writes it; null where it is absent or not valid. A later version is read by its first four parts, as the standard says. */
export function parseTraceparent(header: string | readonly string[] | undefined): string | null {
  if (typeof header !== 'string') return null;
  const found = form.exec(header.trim());
  if (!found) return null;
  const [, version = '', trace = '', span = '', flags = '', rest] = found;
  if (version === 'ff' || (version === '00' && rest !== undefined) || zeros.test(trace) || zeros.test(span)) return null;
  return `00-${trace}-${span}-${flags}`;
}

/** What the vendor gets: the same trace, a span of our own. */
export function childOf(traceparent: string): string {
  return `${traceparent.slice(0, 36)}${randomBytes(8).toString('hex')}${traceparent.slice(52)}`;
}

/** Whether two belong to one trace. */
export function isSameTrace(a: string, b: string): boolean {
  return a.slice(3, 35) === b.slice(3, 35);
}
