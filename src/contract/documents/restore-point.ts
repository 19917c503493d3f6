import { z } from '../zod.ts';

/**
 * A moment that the control documents can be brought back to. It holds no copy: all revisions are kept, and
 * `auditSeq` says which of them were the newest then. When and by whom is its revision's. Automatic ones are written together with what they stand before.
 */
export const restorePointSchema = z.strictObject({
  name: z.string().trim().min(1).max(200),
  /** Made by a command before it changed anything; the oldest of these go. */
  automatic: z.boolean().default(false),
  /** The last audit entry that belongs to it. */
  auditSeq: z.number().int().nonnegative(),
});
export type RestorePoint = z.output<typeof restorePointSchema>;

/** Automatic points that are kept; with one more the oldest goes. Those made by a person stay until somebody removes them. */
export const keptAutomaticPoints = 50;
/** Points that people may keep. */
export const mostNamedPoints = 200;
