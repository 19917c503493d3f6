/** What follows a saved document: a message with the way back. */
import type { DocumentKind } from '#contract/documents/document.ts';
import { command } from '#renderer/client/session.ts';
import { reportFailure } from './acting.tsx';
import { showToast } from './toasts.ts';

export interface TakingBack {
  readonly kind: DocumentKind;
  readonly id: string;
  /** The revision whose value comes back, as a new revision. */
  readonly toRevision: number;
  /** The revision that is taken back: a newer one is never overwritten. */
  readonly from: number;
  /** How a person calls it. */
  readonly name: string;
}

/** Writes an earlier value again. The audit keeps both. */
export async function takeBack({ kind, id, toRevision, from, name }: TakingBack): Promise<void> {
  const answer = await command('document.revert', { kind, id, toRevision, expectedRevision: from });
  const toastId = `save ${kind} ${id}`;
  if (answer.ok) showToast({ id: toastId, title: `${name} is as it was before` });
  else reportFailure(toastId, `Taking back ${name}`, answer.error, answer.commandId);
}

/** Says that it is saved, with Undo where there was something before. `before` is the revision that it replaced; 0 for none. */
export function showSaved({
  kind,
  id,
  name,
  revision,
  before,
}: Omit<TakingBack, 'toRevision' | 'from'> & { readonly revision: number; readonly before: number }): void {
  showToast({
    id: `save ${kind} ${id}`,
    title: `${name} is in force`,
    body: `Revision ${revision}: for events that come from now on.`,
    undo: before === 0 ? undefined : { label: 'Undo', run: () => void takeBack({ kind, id, toRevision: before, from: revision, name }) },
  });
}
