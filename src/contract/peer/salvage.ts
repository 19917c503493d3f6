import { type AppError, appError } from '../errors.ts';
import { protocolVersion } from '../frames.ts';
import { z } from '../zod.ts';
import { frameText } from './frame-text.ts';
import { issuesOf } from './issues.ts';

/** What to do about a frame that is not one. */
export type Remedy =
  | { readonly do: 'answer'; readonly frame: string }
  | { readonly do: 'settle'; readonly id: number; readonly error: AppError }
  | { readonly do: 'close'; readonly error: AppError };

const versioned = z.object({ t: z.literal('hello'), version: z.number().int() });
const numbered = z.object({ t: z.enum(['req', 'sub', 'res']), id: z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER) });

/**
 * A broken frame that names the request it belongs to fails that request; a hello of another
 * version is told apart from noise; anything else closes the link, because what it was
 * meant to settle would hang for ever.
 */
export function salvage(frame: unknown, failure: z.ZodError, isOpen: boolean): Remedy {
  const error = appError('FRAME_INVALID', issuesOf(failure));
  const hello = versioned.safeParse(frame);
  if (hello.success && hello.data.version !== protocolVersion && !isOpen) {
    return { do: 'close', error: appError('VERSION_MISMATCH', { ours: protocolVersion, theirs: hello.data.version }) };
  }
  const known = numbered.safeParse(frame);
  if (!known.success || !isOpen) return { do: 'close', error };
  const { t, id } = known.data;
  if (t === 'req') return { do: 'answer', frame: frameText.failure(id, error) };
  if (t === 'sub') return { do: 'answer', frame: frameText.end(id, error) };
  return { do: 'settle', id, error };
}
