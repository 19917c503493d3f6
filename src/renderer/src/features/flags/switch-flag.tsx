import type { Document } from '#contract/documents/document.ts';
import { command } from '#renderer/client/session.ts';
import { reportFailure } from '#renderer/frame/acting.tsx';
import { announce } from '#renderer/frame/announce.ts';
import { variantOf } from '#renderer/frame/flag-words.ts';
import { ReasonField } from '#renderer/frame/reason-field.tsx';
import { takeBack } from '#renderer/frame/saving.ts';
import { showToast } from '#renderer/frame/toasts.ts';

/**
 * Switches a kill flag for everybody, with Undo, and asks why afterwards. Off is never refused because somebody else
 * changed it meanwhile; on is.
 */
export async function switchFlag({ id, revision, value }: Document<'flag'>, isOn: boolean): Promise<void> {
  const defaultVariant = value === null ? null : variantOf(value, isOn);
  if (defaultVariant === null) return;
  const toastId = `save flag ${id}`;
  const answer = await command('flag.set', { id, defaultVariant, ...(isOn ? { expectedRevision: revision } : {}) });
  if (!answer.ok) return reportFailure(toastId, `Switching ${id} ${isOn ? 'on' : 'off'}`, answer.error, answer.commandId);
  const from = answer.value.revision;
  const title = `${id} is ${isOn ? 'on' : 'off'} for everybody`;
  announce(title);
  showToast({
    id: toastId,
    state: isOn ? 'healthy' : 'parked',
    title,
    body: <ReasonField lead={`Revision ${from}.`} target={`flag/${id}`} />,
    undo: { label: 'Undo', run: () => void takeBack({ kind: 'flag', id, toRevision: from - 1, from, name: id }) },
  });
}
