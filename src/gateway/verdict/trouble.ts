import { assertNever } from '#contract/result.ts';
import { type ErrorClass, errorClasses } from '#contract/telemetry/tick.ts';
import type { Traffic } from './evidence.ts';

/** What kind of failure prevails. silent: no answer comes (timeouts, broken or refused connections, no verdict). */
export type Trouble = 'none' | 'auth' | 'rejected' | 'throttled' | 'server' | 'silent' | 'slow';

/** Below this share of failed attempts, and below this number of them, failures are the noise of any vendor. */
const troubledShare = 0.05;
const fewestFailures = 5;

export function troubleOf({ delivered, errors, isSlow }: Traffic): Trouble {
  const byTrouble: Partial<Record<Trouble, number>> = {};
  let failed = 0;
  let most: Trouble = 'none';
  for (const name of errorClasses) {
    const count = errors[name] ?? 0;
    if (count === 0) continue;
    const trouble = troubleOfClass(name);
    const sum = (byTrouble[trouble] ?? 0) + count;
    byTrouble[trouble] = sum;
    failed += count;
  }
  const isTroubled = delivered === 0 ? failed > 0 : failed >= fewestFailures && failed >= (delivered + failed) * troubledShare;
  if (!isTroubled) return isSlow ? 'slow' : 'none';
  for (const name of errorClasses) {
    const trouble = troubleOfClass(name);
    if ((byTrouble[trouble] ?? 0) > (byTrouble[most] ?? 0)) most = trouble;
  }
  return most;
}

function troubleOfClass(name: ErrorClass): Trouble {
  switch (name) {
    case 'auth':
    case 'rejected':
    case 'throttled':
    case 'server':
      return name;
    case 'network':
    case 'timeout':
    case 'uncertain':
      return 'silent';
    default:
      return assertNever(name);
  }
}
