import { useRef, useState } from 'react';
import { type AppError, appError, errorCodes } from '#contract/errors.ts';
import type { InputOf, OutputOf } from '#contract/operation.ts';
import type { OperationName, Operations } from '#contract/operations/index.ts';
import { command, isLost, outcomeOf } from '#renderer/client/session.ts';

export interface CommandState {
  /** lost: the answer did not come; what became of the command is being asked. */
  readonly step: 'asking' | 'acting' | 'lost' | 'failed' | 'done';
  readonly error: AppError | null;
}

/** `value` is null where the answer was lost and the audit says that it was applied. */
export type CommandEnd<T> = { readonly ok: true; readonly value: T | null } | { readonly ok: false };

/** Sends one command of a form at a time and says how it stands; a lost answer is followed up, never sent again. */
export function useCommand() {
  const [state, setState] = useState<CommandState>({ step: 'asking', error: null });
  const isRunning = useRef(false);
  const run = async <N extends OperationName>(name: N, input: InputOf<Operations[N]>): Promise<CommandEnd<OutputOf<Operations[N]>>> => {
    if (isRunning.current) return { ok: false };
    isRunning.current = true;
    setState({ step: 'acting', error: null });
    const answer = await command(name, input);
    let error = answer.ok ? null : answer.error;
    if (error !== null && isLost(error)) {
      setState({ step: 'lost', error: null });
      error = await errorAfterLoss(answer.commandId);
    }
    isRunning.current = false;
    setState({ step: error === null ? 'done' : 'failed', error });
    return error === null ? { ok: true, value: answer.ok ? answer.value : null } : { ok: false };
  };
  return { state, isBusy: state.step === 'acting' || state.step === 'lost', run };
}

/** What the audit says of a command whose answer was lost: null where it was applied, else what refused it. */
export async function errorAfterLoss(commandId: string): Promise<AppError | null> {
  const outcome = await outcomeOf(commandId);
  if (!outcome.ok) return outcome.error;
  const refusal = errorCodes.find((code) => code === outcome.value.outcome);
  return refusal === undefined ? null : appError(refusal);
}
