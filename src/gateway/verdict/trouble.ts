import { assertNever } from '#contract/result.ts';
import type { ErrorClass } from '#contract/telemetry/tick.ts';
import type { Traffic } from './evidence.ts';

/** What kind of failure prevails. silent: no answer comes (timeouts, broken or refused connections, no verdict). */
export type Trouble = 'none' | 'auth' | 'rejected' | 'throttled' | 'server' | 'silent' | 'slow';

/** Below this share of failed attempts, and below this number of them, failures are the noise of any vendor. */
const troubledShare = 0.05;
const fewestFailures = 5;

export function troubleOf({ delivered, errors, isSlow }: Traffic): Trouble {
  const byTrouble = new Map<Trouble, number>();
  for (const [name, count] of Object.entries(errors) as [ErrorClass, number][]) {
    const trouble = troubleOfClass(name);
    byTrouble.set(trouble, (byTrouble.get(trouble) ?? 0) + count);
  }
  const failed = [...byTrouble.values()].reduce((sum, count) => sum + count, 0);
  const isTroubled = delivered === 0 ? failed > 0 : failed >= fewestFailures && failed >= (delivered + failed) * troubledShare;
  if (!isTroubled) return isSlow ? 'slow' : 'none';
  return [...byTrouble].reduce((most, each) => (each[1] > most[1] ? each : most))[0];
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
