/** Pure: what lies ahead, in an operator's words. */
import type { Document } from '#contract/documents/document.ts';
import type { Schedule } from '#contract/documents/schedule.ts';
import type { Switch } from '#contract/documents/switch.ts';
import type { AuditContext } from '#renderer/frame/audit-words.ts';
import { runWords } from '#renderer/frame/schedule-words.ts';

/** Something that will happen by itself. */
export type Ahead =
  | { readonly type: 'run' | 'undo'; readonly id: string; readonly at: number; readonly schedule: Schedule; readonly what: string }
  /** A switch's own timer. */
  | {
      readonly type: 'switch';
      readonly id: string;
      readonly at: number;
      readonly by: string;
      readonly reason: string;
      readonly what: string;
    };

const stopped: Readonly<Record<Switch['mode'], string>> = {
  park: 'parked',
  drop: 'dropping',
  divert: 'diverted',
  sample: 'sampled',
  flow: 'open',
};

/** All that lies ahead, soonest first. */
export function aheadOf(
  schedules: readonly Document<'schedule'>[],
  switches: readonly Document<'switch'>[],
  names: Pick<AuditContext, 'destinationName'> & { readonly scopeName: (scope: Switch['scope']) => string },
): readonly Ahead[] {
  const planned = schedules.flatMap(({ id, value }): Ahead[] => {
    if (value === null) return [];
    const what = runWords(value.run, names);
    if (value.state === 'waiting') return [{ type: 'run', id, at: value.at, schedule: value, what }];
    if (value.state !== 'applied' || value.endedAt !== null || value.undoAt === null) return [];
    return [{ type: 'undo', id, at: value.undoAt, schedule: value, what }];
  });
  const timers = switches.flatMap(({ id, value, by, reason }): Ahead[] => {
    if (value === null || value.until === null || value.mode === 'flow') return [];
    const what = `${names.scopeName(value.scope)} opens again (${stopped[value.mode]} now)`;
    return [{ type: 'switch', id, at: value.until, by, reason, what }];
  });
  return [...planned, ...timers].sort((a, b) => a.at - b.at);
}
