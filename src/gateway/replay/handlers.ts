/** Handlers of the operations on dead letters and replays. */
import type { HandlersOf } from '#gateway/control/commands/context.ts';
import type { ReplayHandlerDeps } from './handling.ts';
import { letterCommands, letterQueries } from './letter-handlers.ts';
import { replayHandlers } from './replay-handlers.ts';

export type ReplayOperation =
  | 'deadLetter.search'
  | 'deadLetter.inspect'
  | 'deadLetter.dryRun'
  | 'deadLetter.edit'
  | 'deadLetter.discard'
  | 'replay.start'
  | 'replay.pause'
  | 'replay.resume'
  | 'replay.cancel'
  | 'replay.list';

export function createReplayHandlers(deps: ReplayHandlerDeps): HandlersOf<ReplayOperation> {
  return { ...letterQueries(deps), ...letterCommands(deps), ...replayHandlers(deps) };
}
