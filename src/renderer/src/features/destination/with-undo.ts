import type { CommandResult } from '#renderer/client/session.ts';
import { reportFailure } from '#renderer/frame/acting.tsx';
import { announce } from '#renderer/frame/announce.ts';
import { closeToast, showToast } from '#renderer/frame/toasts.ts';

/** Carries out a command and tells what came of it, with the way back beside it. */
export async function actWithUndo<T>({
  toastId,
  act,
  done,
  run,
  undo,
}: {
  readonly toastId: string;
  /** As a failure names it: “Holding the breaker of HubSpot open”. */
  readonly act: string;
  readonly done: string;
  readonly run: () => Promise<CommandResult<T>>;
  /** Takes it back, given the answer; absent where there is nothing to go back to. */
  readonly undo?: ((answer: T) => Promise<CommandResult<unknown>>) | undefined;
}): Promise<boolean> {
  const answer = await run();
  if (!answer.ok) {
    reportFailure(toastId, act, answer.error, answer.commandId);
    return false;
  }
  announce(done);
  const back = undo && (() => void takeBack(toastId, act, () => undo(answer.value)));
  showToast({ id: toastId, title: done, undo: back && { label: 'Undo', run: back } });
  return true;
}

async function takeBack(toastId: string, act: string, run: () => Promise<CommandResult<unknown>>): Promise<void> {
  closeToast(toastId);
  const answer = await run();
  if (answer.ok) showToast({ id: toastId, title: 'It is as it was before' });
  else reportFailure(toastId, `Undoing: ${act}`, answer.error, answer.commandId);
}
