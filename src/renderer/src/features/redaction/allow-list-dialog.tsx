import { Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { documentOf, useDocument } from '#renderer/client/documents.ts';
import { ActProblem } from '#renderer/frame/act-problem.tsx';
import { showSaved } from '#renderer/frame/saving.ts';
import { useCommand } from '#renderer/frame/use-command.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Dialog } from '#renderer/ui/dialog.tsx';
import { Segmented } from '#renderer/ui/segmented.tsx';
import shared from '#renderer/ui/shared.module.css';
import { readFields } from './field-list.ts';
import classes from './redaction.module.css';

/** Which fields a destination gets, one path a line. Everything else stays behind when an event is sent. */
export function AllowListDialog({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const document = useDocument('destination', id);
  const name = document?.value?.name ?? id;
  const [before] = useState(() => documentOf('destination', id));
  const [isLimited, setIsLimited] = useState(before?.value?.fields !== undefined);
  const [text, setText] = useState(before?.value?.fields?.join('\n') ?? '');
  const [why, setWhy] = useState('');
  const { state, isBusy, run } = useCommand();
  const { fields, problems } = readFields(text);
  const save = async () => {
    const old = before?.value;
    if (old == null || before === undefined) return;
    const { fields: _former, ...rest } = old;
    const value = isLimited ? { ...rest, fields: [...(fields ?? [])] } : rest;
    const reason = why.trim() === '' ? {} : { reason: why.trim() };
    const end = await run('destination.put', { id, value, expectedRevision: before.revision, ...reason });
    if (!end.ok) return;
    showSaved({
      kind: 'destination',
      id,
      name: `What ${name} gets`,
      revision: end.value?.revision ?? before.revision + 1,
      before: before.revision,
    });
    onClose();
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      width={600}
      title={`What ${name} gets`}
      footer={
        <>
          <ActProblem state={state} />
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" disabled={isLimited && fields === null} isBusy={isBusy} onClick={() => void save()}>
            {isLimited ? 'Save the allow-list' : 'Let every field through'}
          </Button>
        </>
      }
    >
      <div className={shared.stack}>
        <Segmented
          label="Fields"
          value={isLimited ? 'some' : 'all'}
          options={[
            { value: 'all', label: 'Every field' },
            { value: 'some', label: 'Only these fields' },
          ]}
          onChange={(value) => setIsLimited(value === 'some')}
        />
        {isLimited ? (
          <Textarea
            label="Fields, one a line"
            description="paths below $.properties, $.traits and $.context; [*] for each of a list"
            placeholder={'$.properties.total\n$.properties.products[*].sku\n$.context.page'}
            classNames={{ input: classes.mono ?? '' }}
            value={text}
            autosize
            minRows={6}
            maxRows={16}
            spellCheck={false}
            data-autofocus
            error={problems.length === 0 ? undefined : problems.map(({ line, message }) => `Line ${line} ${message}.`).join(' ')}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        ) : null}
        <p className={shared.muted}>
          Name, ids and times always go. What is sent from now on is cut so, events that already wait included; what the vendor has, it has.
        </p>
        <TextInput label="Why (optional)" value={why} maxLength={500} onChange={(event) => setWhy(event.currentTarget.value)} />
      </div>
    </Dialog>
  );
}
