import { type ReactNode, useId, useState } from 'react';
import type { OutputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import { longestSetup } from '#contract/operations/restore.ts';
import { useDocument } from '#renderer/client/documents.ts';
import { useTrial } from '#renderer/client/use-trial.ts';
import { useCommand } from '#renderer/frame/use-command.ts';
import { ConfirmDialog } from '#renderer/ui/confirm-dialog.tsx';
import { Skeleton } from '#renderer/ui/placeholders.tsx';
import { counted } from '#renderer/ui/quantity.ts';
import shared from '#renderer/ui/shared.module.css';
import { absolute } from '#renderer/ui/time.ts';
import { showUndo } from './bring-back-dialog.tsx';
import { ChangedDocuments } from './changed-documents.tsx';
import { KeptFields } from './kept-fields.tsx';
import { Refused, TouchedPreview } from './preview.tsx';
import classes from './restore-points.module.css';
import { fieldsOf, keyOf } from './words.ts';

type Imported = OutputOf<Operations['restorePoint.import']>;

/** Brings in a set-up that another gateway exported: what it would change first, and then all of it or a part. */
export function ImportDialog({ onClose, onDone }: { readonly onClose: () => void; readonly onDone: () => void }) {
  const [text, setText] = useState('');
  const [kept, setKept] = useState<ReadonlySet<string>>(new Set());
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const environment = useDocument('settings', 'gateway')?.value?.environment ?? 'embedded';
  const base = { text, leaveOut: fieldsOf(kept) };
  const trial = useTrial('restorePoint.import', text.trim() === '' ? null : { ...base, dryRun: true });
  const { state, isBusy, run } = useCommand();
  const seen = trial.isPending || trial.error !== null ? null : trial.data;
  const documents = seen?.comparison.documents.filter((document) => !left.has(keyOf(document))) ?? [];
  const bringIn = async (confirm: string, reason: string) => {
    if (seen === null) return;
    const chosen = documents.map(({ kind, id }) => ({ kind, id }));
    const end = await run('restorePoint.import', { ...base, documents: chosen, seenSeq: seen.comparison.seq, confirm, reason });
    if (!end.ok) return;
    showUndo('The set-up is imported', end.value);
    onDone();
    onClose();
  };
  return (
    <ConfirmDialog
      isOpen
      width={760}
      onClose={onClose}
      title="Import a set-up"
      action={documents.length === 0 ? 'Import' : `Import ${counted(documents.length, 'document')}`}
      target={environment}
      reason="required"
      isBusy={isBusy || documents.length === 0}
      problem={state.error?.message}
      onConfirm={({ confirm, reason }) => void bringIn(confirm, reason)}
    >
      <FileFields text={text} onText={setText} />
      <KeptFields legend="Keep ours" kept={kept} onChange={setKept} />
      {text.trim() === '' || !trial.isPending ? null : <Skeleton rows={3} label="Comparing with what is here" />}
      {trial.error === null || trial.isPending ? null : <Refused error={trial.error} />}
      {state.error === null ? null : <Refused error={state.error} />}
      {seen === null ? null : <Seen seen={seen} left={left} onLeave={setLeft} />}
    </ConfirmDialog>
  );
}

function FileFields({ text, onText }: { readonly text: string; readonly onText: (text: string) => void }) {
  const file = useId();
  const area = useId();
  const [problem, setProblem] = useState<ReactNode>(null);
  const read = async (chosen: File | undefined) => {
    if (chosen === undefined) return;
    setProblem(null);
    if (chosen.size > longestSetup) return setProblem('This file is larger than any set-up.');
    onText(await chosen.text().catch(() => ''));
  };
  return (
    <>
      <div className={classes.file}>
        <label htmlFor={file} className={shared.muted}>
          A file that was exported
        </label>
        <input id={file} type="file" accept=".yaml,.yml,.json" onChange={(event) => void read(event.currentTarget.files?.[0])} />
      </div>
      {problem === null ? null : <p role="alert">{problem}</p>}
      <label htmlFor={area} className={shared.quiet}>
        or its text
      </label>
      <textarea
        id={area}
        className={classes.setup}
        data-small
        value={text}
        spellCheck={false}
        onChange={(event) => onText(event.currentTarget.value)}
      />
    </>
  );
}

function Seen({
  seen,
  left,
  onLeave,
}: {
  readonly seen: Imported;
  readonly left: ReadonlySet<string>;
  readonly onLeave: (left: ReadonlySet<string>) => void;
}) {
  const { documents } = seen.comparison;
  const all = documents.map(keyOf);
  if (documents.length === 0) return <p role="status">Nothing differs: everything in it is here already.</p>;
  return (
    <>
      <p className={shared.muted} role="status">
        From {seen.from}, exported {seen.exportedAt === '' ? '' : absolute(Date.parse(seen.exportedAt))}.{' '}
        {counted(documents.length, 'document')} would change; what is here and not in the file stays.
      </p>
      <div className={classes.scrolls}>
        <ChangedDocuments
          label="What the import would change"
          documents={documents}
          chosen={new Set(all.filter((key) => !left.has(key)))}
          onChoose={(chosen) => onLeave(new Set(all.filter((key) => !chosen.has(key))))}
        />
      </div>
      <TouchedPreview applied={seen} />
    </>
  );
}
