import { Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { SuppressionKind } from '#contract/documents/consent.ts';
import { ActProblem } from '#renderer/frame/act-problem.tsx';
import { showToast } from '#renderer/frame/toasts.ts';
import { useCommand } from '#renderer/frame/use-command.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Dialog } from '#renderer/ui/dialog.tsx';
import { counted } from '#renderer/ui/quantity.ts';
import { Segmented } from '#renderer/ui/segmented.tsx';
import shared from '#renderer/ui/shared.module.css';
import classes from './consent.module.css';
import { longestId, mostIds, readIds } from './policy.ts';
import { kindWords } from './suppression-words.ts';

/** Suppresses people by their ids. What is typed is sent once and kept nowhere. */
export function SuppressDialog({
  people,
  onClose,
  onDone,
}: {
  /** Null: they are typed in. */
  readonly people: readonly string[] | null;
  readonly onClose: () => void;
  readonly onDone: () => void;
}) {
  const [text, setText] = useState('');
  const [kind, setKind] = useState<SuppressionKind>('opt-out');
  const [why, setWhy] = useState('');
  const { state, isBusy, run } = useCommand();
  const ids = people ?? readIds(text);
  const problem =
    ids.length > mostIds
      ? `At most ${mostIds.toLocaleString('en-US')} at once`
      : ids.some((id) => id.length > longestId)
        ? `An id has at most ${longestId} characters`
        : null;
  const suppress = async () => {
    const reason = why.trim() === '' ? {} : { reason: why.trim() };
    const end = await run('suppression.add', { people: [...ids], kind, ...reason });
    if (!end.ok) return;
    const added = end.value?.added ?? ids.length;
    showToast({
      id: 'suppression',
      title: added === 0 ? 'They were suppressed already' : `${counted(added, 'person', 'people')} suppressed`,
      body: 'Nothing of them is sent from now on, not even what waits.',
    });
    onDone();
    onClose();
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={people === null ? 'Suppress people' : 'Suppress this person'}
      footer={
        <>
          <ActProblem state={state} />
          <Button onClick={onClose}>Cancel</Button>
          <Button look="grave" disabled={ids.length === 0 || problem !== null} isBusy={isBusy} onClick={() => void suppress()}>
            {ids.length === 0 ? 'Suppress them' : `Suppress ${counted(ids.length, 'person', 'people')}`}
          </Button>
        </>
      }
    >
      <div className={shared.stack}>
        {people === null ? (
          <Textarea
            label="User ids or anonymous ids"
            description="one a line, or parted by commas; only their keyed hashes are kept"
            value={text}
            autosize
            minRows={4}
            maxRows={10}
            autoComplete="off"
            spellCheck={false}
            data-autofocus
            error={problem}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        ) : null}
        <div className={classes.field}>
          <span className={classes.label}>What they want</span>
          <Segmented
            label="What they want"
            value={kind}
            options={[
              { value: 'opt-out', label: 'No processing (opt-out)' },
              { value: 'deletion', label: 'To be forgotten (deletion)' },
            ]}
            onChange={setKind}
          />
          <span className={classes.quiet}>{kindWords[kind].meaning}</span>
        </div>
        <TextInput
          label="Why (optional)"
          description="the audit keeps it for ever: a ticket’s number, no name"
          value={why}
          maxLength={500}
          onChange={(event) => setWhy(event.currentTarget.value)}
        />
      </div>
    </Dialog>
  );
}
