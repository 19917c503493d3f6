/** Pure: how a drill is told to a person. */
import { type Drill, type DrillKind, drillTimes } from '#contract/documents/drill.ts';
import { duration, toText } from '#renderer/ui/quantity.ts';
import type { MarkState } from '#renderer/ui/state.ts';

export const drillTitles: Readonly<Record<DrillKind, string>> = {
  'degraded-network': 'Degraded network',
  'revoked-credential': 'Revoked credential',
  'partial-outage': 'Partial outage',
  'slow-vendor': 'Slow vendor',
  'full-disk': 'Full disk',
  'killed-gateway': 'Killed gateway',
};

export interface DrillStanding {
  readonly word: string;
  readonly mark: MarkState;
}

/** How it ended, or how far it is. */
export function standingOf({ phase, outcome, detectedAt }: Drill): DrillStanding {
  if (phase === 'breaking') return { word: detectedAt === null ? 'Broken, not noticed yet' : 'Broken and noticed', mark: 'failing' };
  if (phase === 'recovering') return { word: 'Recovering', mark: 'degraded' };
  switch (outcome) {
    case 'passed':
      return { word: 'Passed', mark: 'healthy' };
    case 'undetected':
      return { word: 'Nobody would have noticed', mark: 'degraded' };
    case 'unrecovered':
      return { word: 'Did not recover in time', mark: 'failing' };
    case 'aborted':
    case null:
      return { word: 'Stopped', mark: 'none' };
  }
}

/** `1.44 s`, or a dash where it did not come to that. */
export function timesOf(drill: Drill): { readonly toDetect: string; readonly toRecover: string } {
  const { toDetectMs, toRecoverMs } = drillTimes(drill);
  return { toDetect: toText(duration(toDetectMs)), toRecover: toText(duration(toRecoverMs)) };
}
