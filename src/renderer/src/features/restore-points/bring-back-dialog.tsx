import type { Applied, ChangedDocument } from '#contract/operations/restore.ts';
import { command } from '#renderer/client/session.ts';
import { useQuery } from '#renderer/client/use-query.ts';
import { reportResult } from '#renderer/frame/acting.tsx';
import { showToast } from '#renderer/frame/toasts.ts';
import { useCommand } from '#renderer/frame/use-command.ts';
import { ConfirmDialog } from '#renderer/ui/confirm-dialog.tsx';
import { Skeleton } from '#renderer/ui/placeholders.tsx';
import { counted } from '#renderer/ui/quantity.ts';
import shared from '#renderer/ui/shared.module.css';
import { Refused, TouchedPreview } from './preview.tsx';
import { kindWords, type Point, targetOf } from './words.ts';

interface Props {
  readonly point: Point;
  readonly documents: readonly ChangedDocument[];
  /** `seq` of the comparison that was looked at. */
  readonly seenSeq: number;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Asks once more, with all that it would touch, and brings the chosen documents back. */
export function BringBackDialog({ point, documents, seenSeq, onClose, onDone }: Props) {
  const input = { id: point.id, documents: documents.map(({ kind, id }) => ({ kind, id })), seenSeq };
  const preview = useQuery('restorePoint.apply', { ...input, dryRun: true });
  const { state, isBusy, run } = useCommand();
  const bringBack = async (confirm: string, reason: string) => {
    const end = await run('restorePoint.apply', { ...input, confirm, reason });
    if (!end.ok) return;
    showUndo(`“${point.name}” is back`, end.value);
    onDone();
    onClose();
  };
  const names = documents.map(({ kind, id }) => `${kindWords(kind)} ${id}`);
  return (
    <ConfirmDialog
      isOpen
      width={640}
      onClose={onClose}
      title={`Bring back “${point.name}”`}
      action={`Bring back ${counted(documents.length, 'document')}`}
      target={targetOf(point)}
      reason="required"
      isBusy={isBusy || preview.data === null}
      problem={state.error === null ? undefined : state.error.message}
      onConfirm={({ confirm, reason }) => void bringBack(confirm, reason)}
    >
      <p className={shared.muted}>
        {names.slice(0, 6).join(', ')}
        {names.length > 6 ? ` and ${names.length - 6} more` : ''}. All in one step, or nothing. What is now is kept as a restore point, so
        that this can be undone.
      </p>
      {preview.error === null ? null : <Refused error={preview.error} />}
      {state.error === null || preview.error !== null ? null : <Refused error={state.error} />}
      {preview.data === null ? preview.error === null && <Skeleton rows={2} label="Counting what this touches" /> : null}
      {preview.data === null ? null : <TouchedPreview applied={preview.data} />}
    </ConfirmDialog>
  );
}

/** Says that it is done, with the way back: what was written is as it was before, unless somebody changed it since. */
export function showUndo(title: string, applied: Applied | null): void {
  showToast({
    id: 'restore',
    title,
    body: applied === null ? undefined : `${counted(applied.written, 'document')} written.`,
    undo: applied?.undo == null ? undefined : { label: 'Undo', run: () => void takeBack(applied) },
  });
}

async function takeBack({ undo, writtenSeq, comparison }: Applied): Promise<void> {
  const answer = await command('restorePoint.apply', {
    id: undo ?? '',
    confirm: undo ?? '',
    reason: 'undo',
    documents: comparison.documents.map(({ kind, id }) => ({ kind, id })),
    ...(writtenSeq === null ? {} : { seenSeq: writtenSeq }),
  });
  reportResult('restore', 'Undoing it', 'Everything is as it was before', answer);
}
