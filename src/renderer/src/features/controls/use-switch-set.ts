import { useRef, useState } from 'react';
import { scopeId } from '#contract/documents/switch.ts';
import { type AppError, appError, errorCodes } from '#contract/errors.ts';
import type { InputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import { revisionOf } from '#renderer/client/documents.ts';
import { command, isLost, outcomeOf } from '#renderer/client/session.ts';
import { followProof, keepProof } from '#renderer/frame/acting.tsx';

export type SwitchInput = Omit<InputOf<Operations['switch.set']>, 'dryRun' | 'expectedRevision'>;

export type ActState =
  | { readonly step: 'asking' }
  | { readonly step: 'acting' }
  /** The answer was lost; what became of the command is being asked. */
  | { readonly step: 'lost' }
  | { readonly step: 'failed'; readonly error: AppError }
  | { readonly step: 'done'; readonly input: SwitchInput };

/** Sends one `switch.set` and follows its proof. What was looked at is sent along, so that nobody's newer change is overwritten unseen. */
export function useSwitchSet() {
  const [state, setState] = useState<ActState>({ step: 'asking' });
  const isRunning = useRef(false);
  const run = async (input: SwitchInput) => {
    if (isRunning.current) return;
    isRunning.current = true;
    setState({ step: 'acting' });
    const id = scopeId(input.scope);
    const answer = await command('switch.set', { ...input, expectedRevision: revisionOf('switch', id) });
    if (answer.ok) {
      keepProof(id, answer.value.proof);
      setState({ step: 'done', input });
      void followProof(id);
    } else if (isLost(answer.error)) {
      setState({ step: 'lost' });
      setState(stateAfter(await outcomeOf(answer.commandId), input));
    } else {
      setState({ step: 'failed', error: answer.error });
    }
    isRunning.current = false;
  };
  return { state, run: (input: SwitchInput) => void run(input), isBusy: state.step === 'acting' || state.step === 'lost' };
}

/** What the audit says of a command whose answer was lost: applied, or the code of what refused it. */
function stateAfter(outcome: Awaited<ReturnType<typeof outcomeOf>>, input: SwitchInput): ActState {
  if (!outcome.ok) return { step: 'failed', error: outcome.error };
  const refusal = errorCodes.find((code) => code === outcome.value.outcome);
  return refusal === undefined ? { step: 'done', input } : { step: 'failed', error: appError(refusal) };
}
