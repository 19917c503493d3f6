import type { GatewayEvent } from '#gateway/pipeline/event.ts';

/** An event beside its own JSON, so that sizes are known and nothing is serialised twice. */
export interface Part {
  readonly event: GatewayEvent;
  readonly json: string;
}

export interface BatchLimit {
  readonly events: number;
  readonly bytes: number;
  /** Bytes of the body around the events. */
  readonly overheadBytes: number;
}

/**
 * Splits parts, in order, into batches that respect a vendor's limits on count and body size, one comma
 * between two parts. A part larger than a body may be gets a batch of its own: refuse it before.
 */
export function packBatches(parts: readonly Part[], limit: BatchLimit): readonly (readonly Part[])[] {
  const room = limit.bytes - limit.overheadBytes;
  // Three bytes hold any UTF-16 unit: most batches fit without counting bytes.
  const atMost = parts.reduce((sum, part) => sum + part.json.length * 3 + 1, 0);
  if (parts.length <= limit.events && atMost <= room) return parts.length === 0 ? [] : [parts];
  const batches: Part[][] = [];
  let open: Part[] = [];
  let used = 0;
  for (const part of parts) {
    const bytes = Buffer.byteLength(part.json) + 1;
    if (open.length > 0 && (open.length >= limit.events || used + bytes > room)) {
      batches.push(open);
      open = [];
      used = 0;
    }
    open.push(part);
    used += bytes;
  }
  if (open.length > 0) batches.push(open);
  return batches;
}
