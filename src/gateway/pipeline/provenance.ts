/**
 * What was done to an event on its way in, kept with it. It lies in the stored body under a key of its own,
 * written behind everything else: JSON takes the last of two equal keys, so what a sender put there counts for nothing,
 * and the rest of the body stays the bytes that were received.
 */
import type { Provenance } from '#contract/operations/watching.ts';
import { isRecord, type Json, own } from './json.ts';

export type { Provenance } from '#contract/operations/watching.ts';

/** The key in an event's body; in a batch's it holds one for all, or an array beside `batch`. */
export const provenanceKey = 'sluice';

const closing = 0x7d;
const texts = new WeakMap<Provenance, Buffer>();

/** A body with provenance. `body` ends in the brace of a JSON object that has members. */
export function withProvenance(body: Buffer, provenance: Provenance | readonly (Provenance | null)[] | null): Buffer {
  const end = body.lastIndexOf(closing);
  return Buffer.concat([body.subarray(0, end), tailOf(provenance)]);
}

/** Most events of a source share one: its text is made once. */
function tailOf(provenance: Provenance | readonly (Provenance | null)[] | null): Buffer {
  const write = () => Buffer.from(`,"${provenanceKey}":${JSON.stringify(provenance)}}`);
  if (provenance === null || isMany(provenance)) return write();
  let text = texts.get(provenance);
  if (text === undefined) {
    text = write();
    texts.set(provenance, text);
  }
  return text;
}

function isMany(provenance: Provenance | readonly (Provenance | null)[]): provenance is readonly (Provenance | null)[] {
  return Array.isArray(provenance);
}

/** What a stored body says of one event. @param element its place in the batch; -1 where the body is the event */
export function provenanceIn(body: unknown, element: number): Provenance | undefined {
  const stored = isRecord(body) ? own(body, provenanceKey) : undefined;
  const one: unknown = Array.isArray(stored) ? stored[element] : stored;
  return isRecord(one) ? readProvenance(one) : undefined;
}

/** Total: what is not as we write it is left out. */
function readProvenance({ schema, violations, rules, trace, suppressed, releasedAt, parentId, editReason }: Json): Provenance {
  return {
    ...(typeof schema === 'string' ? { schema } : {}),
    ...(typeof violations === 'number' ? { violations } : {}),
    ...(Array.isArray(rules) ? { rules: rules.filter((rule) => typeof rule === 'string') } : {}),
    ...(typeof trace === 'string' ? { trace } : {}),
    ...(suppressed === 'opt-out' || suppressed === 'deletion' ? { suppressed } : {}),
    ...(typeof releasedAt === 'number' ? { releasedAt } : {}),
    ...(typeof parentId === 'string' ? { parentId } : {}),
    ...(typeof editReason === 'string' ? { editReason } : {}),
  };
}
