import { AppFailure } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';

/** Reads stored history: a damaged or unparsable row is the answer DATA_CORRUPT, not a crash. */
export function reading<T>(read: () => T): Result<T> {
  try {
    return ok(read());
  } catch (thrown) {
    if (thrown instanceof AppFailure) return err(thrown.error);
    throw thrown;
  }
}

/** The same for what reads in steps. */
export async function readingSteps<T>(read: () => Promise<T>): Promise<Result<T>> {
  try {
    return ok(await read());
  } catch (thrown) {
    if (thrown instanceof AppFailure) return err(thrown.error);
    throw thrown;
  }
}
