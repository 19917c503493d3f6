import { useState } from 'react';
import { scopeId } from '#contract/documents/switch.ts';
import type { InputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import { revisionOf } from '#renderer/client/documents.ts';
import { followProof, keepProof } from '#renderer/frame/acting.tsx';
import { closeToast } from '#renderer/frame/toasts.ts';
import { useCommand } from '#renderer/frame/use-command.ts';

export type SwitchInput = Omit<InputOf<Operations['switch.set']>, 'dryRun' | 'expectedRevision'>;

/** Sends one `switch.set` and follows its proof. What was looked at is sent along, so that nobody's newer change is overwritten unseen. */
export function useSwitchSet() {
  const { state, isBusy, run } = useCommand();
  const [done, setDone] = useState<SwitchInput | null>(null);
  const set = async (input: SwitchInput) => {
    const id = scopeId(input.scope);
    const end = await run('switch.set', { ...input, expectedRevision: revisionOf('switch', id) });
    if (!end.ok) return;
    // The message that offered to undo a park speaks of a state that is no more.
    closeToast(`park ${id}`);
    keepProof(id, end.value?.proof ?? null);
    setDone(input);
    void followProof(id);
  };
  return { state, isBusy, done, set: (input: SwitchInput) => void set(input) };
}
