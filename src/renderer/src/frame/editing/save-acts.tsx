import { TextInput } from '@mantine/core';
import { useState } from 'react';
import type { DocumentKind } from '#contract/documents/document.ts';
import { Button } from '#renderer/ui/button.tsx';
import { ConfirmDialog } from '#renderer/ui/confirm-dialog.tsx';
import { ActProblem } from '../act-problem.tsx';
import { showSaved } from '../saving.ts';
import { type CommandEnd, type CommandState, useCommand } from '../use-command.ts';
import classes from './editing.module.css';
import type { Edited } from './use-edited.ts';

type Run = ReturnType<typeof useCommand>['run'];

/** What every command that saves a document takes. */
export interface SaveFields {
  readonly id: string;
  readonly expectedRevision: number;
  readonly reason?: string;
}

/**
 * Puts what was changed in force, with Undo after. In the head, so that nothing below moves when it appears. Grave
 * consequences are asked for once more.
 */
export function SaveActs<K extends DocumentKind, D>({
  kind,
  edited,
  name,
  save,
  consequences = [],
  action,
}: {
  readonly kind: K;
  readonly edited: Edited<K, D>;
  /** As the message calls it once it is saved: `The plan Web shop`. */
  readonly name: string;
  /** Sends the command. Null while something keeps it from being saved. */
  readonly save: ((run: Run, fields: SaveFields) => Promise<CommandEnd<{ readonly revision: number }>>) | null;
  readonly consequences?: readonly string[];
  /** On the button that confirms the consequences. */
  readonly action?: string;
}) {
  const [why, setWhy] = useState('');
  const [isAsking, setIsAsking] = useState(false);
  const { state, isBusy, run } = useCommand();
  const { id, base, document } = edited;
  const send = async () => {
    if (save === null) return;
    const reason = why.trim() === '' ? {} : { reason: why.trim() };
    const end = await save(run, { id, expectedRevision: base, ...reason });
    if (!end.ok) return;
    setIsAsking(false);
    const revision = end.value?.revision ?? base + 1;
    edited.saved(revision);
    setWhy('');
    showSaved({ kind, id, name, revision, before: base });
  };
  return (
    <>
      <ActProblem state={withoutConflict(state)} />
      <TextInput
        className={classes.why ?? ''}
        aria-label="Why (optional)"
        placeholder="Why (optional)"
        value={why}
        maxLength={500}
        onChange={(event) => setWhy(event.currentTarget.value)}
      />
      <Button size="small" onClick={edited.drop}>
        {document === undefined ? 'Discard the draft' : 'Discard changes'}
      </Button>
      <Button
        size="small"
        look="primary"
        title={save === null ? 'Something is marked that keeps it from being saved' : undefined}
        disabled={save === null || edited.isOutdated}
        isBusy={isBusy}
        onClick={() => (consequences.length === 0 ? void send() : setIsAsking(true))}
      >
        {document === undefined ? 'Put it in force' : 'Save changes'}
      </Button>
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        title={`Save ${name}`}
        action={action ?? 'Save'}
        isBusy={isBusy}
        problem={state.error === null ? undefined : `${state.error.message} ${state.error.suggestedAction}`}
        onConfirm={() => void send()}
      >
        <ul className={classes.consequences}>
          {consequences.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      </ConfirmDialog>
    </>
  );
}

/** A conflict is told by `Outdated`, with its two ways out. */
function withoutConflict(state: CommandState): CommandState {
  return state.error?.code === 'DOCUMENT_CONFLICT' ? { ...state, error: null } : state;
}
