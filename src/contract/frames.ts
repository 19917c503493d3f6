/**
 * The frames that cross every boundary, end to end: renderer, main (which relays without
 * reading), gateway, command line. Anything else on a link is refused.
 *
 * One conversation: both sides send `hello`. Then either may send `req` (answered by exactly
 * one `res`, or withdrawn by `cancel`) or `sub` (answered by `evt`s until `unsub` or `end`).
 * `ack` returns credit for `evt`s: at most 2 unacknowledged for `latest` topics, 64 frames or
 * 1 MB for `lossless` ones.
 */
import { appErrorSchema } from './errors.ts';
import { z } from './zod.ts';

export const protocolVersion = 1;
/** Largest frame either side accepts, in characters. */
export const maxFrameChars = 4 * 1024 * 1024;

const id = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
const name = z.string().min(1).max(64);

export const frameSchema = z.discriminatedUnion('t', [
  z.strictObject({ t: z.literal('hello'), version: z.number().int(), capabilities: z.array(z.string().max(64)).max(64) }),
  z.strictObject({
    t: z.literal('req'),
    id,
    name,
    input: z.unknown(),
    deadlineMs: z.number().int().positive().max(600_000),
    commandId: z.string().min(8).max(64).optional(),
  }),
  z.strictObject({ t: z.literal('res'), id, ok: z.unknown().optional(), error: appErrorSchema.optional() }),
  z.strictObject({ t: z.literal('cancel'), id }),
  z.strictObject({ t: z.literal('sub'), id, name, params: z.unknown(), afterSeq: id.optional() }),
  z.strictObject({ t: z.literal('unsub'), id }),
  z.strictObject({ t: z.literal('evt'), id, seq: id, items: z.array(z.unknown()), dropped: id }),
  z.strictObject({ t: z.literal('ack'), id, seq: id }),
  z.strictObject({ t: z.literal('end'), id, error: appErrorSchema.optional() }),
  z.strictObject({ t: z.literal('ping'), id }),
  z.strictObject({ t: z.literal('pong'), id }),
]);
export type Frame = z.infer<typeof frameSchema>;
