import type { HandlersOf } from '#gateway/control/commands/context.ts';
import type { Performer } from '#gateway/control/commands/perform.ts';
import { scheduleCommands } from '#gateway/control/schedules/commands.ts';
import { createScheduler } from '#gateway/control/schedules/scheduler.ts';
import type { Closing } from './closing.ts';
import type { Logger } from './logger.ts';
import type { NodeState } from './state.ts';

export interface NodeSchedules {
  readonly handlers: HandlersOf<'schedule.put' | 'schedule.cancel'>;
  /** Runs what is due from now on: once every operation can be carried out. */
  start(): void;
}

/** Scheduled changes of a node. */
export function openSchedules({ store, log }: NodeState, performer: Performer, logger: Logger, closing: Closing): NodeSchedules {
  const deps = { store, performer, now: () => log.now() };
  const scheduler = createScheduler({
    ...deps,
    onTrouble: (schedule, detail) => logger.warn({ schedule, detail }, 'a scheduled change did not go as planned'),
    onBug: (err, schedule) => logger.error({ err, schedule }, 'bug in a scheduled change; it is tried again'),
  });
  closing.add(() => scheduler.close());
  return { handlers: scheduleCommands(deps), start: scheduler.start };
}
