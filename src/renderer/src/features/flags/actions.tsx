import { TextInput } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { type FormEvent, useId, useState } from 'react';
import { type Flag, flagKeySchema } from '#contract/documents/flag.ts';
import { useDocuments } from '#renderer/client/documents.ts';
import { typeWords } from '#renderer/frame/flag-words.ts';
import { navigate } from '#renderer/frame/router.ts';
import { Button, type ButtonProps } from '#renderer/ui/button.tsx';
import { Dialog } from '#renderer/ui/dialog.tsx';
import { Segmented } from '#renderer/ui/segmented.tsx';
import shared from '#renderer/ui/shared.module.css';
import { firstDraft } from './draft.ts';
import { flagDrafts } from './drafts.ts';

/** Names a new flag and opens it as a draft. Nothing is in force before it is saved. */
export function AddFlag({ look = 'plain' }: Pick<ButtonProps, 'look'>) {
  const [isAdding, setIsAdding] = useState(false);
  return (
    <>
      <Button look={look} icon={<IconPlus size={14} />} onClick={() => setIsAdding(true)}>
        Add a flag…
      </Button>
      {isAdding ? <NewFlagDialog onClose={() => setIsAdding(false)} /> : null}
    </>
  );
}

export function FlagActions() {
  return <AddFlag />;
}

function NewFlagDialog({ onClose }: { readonly onClose: () => void }) {
  const form = useId();
  const others = useDocuments('flag');
  const [key, setKey] = useState('');
  const [description, setDescription] = useState('');
  const [type, setType] = useState<Flag['type']>('release');
  const id = key.trim();
  const parsed = flagKeySchema.safeParse(id);
  const problem =
    id === ''
      ? null
      : others.some((other) => other.id === id)
        ? `There is a flag ${id} already`
        : (parsed.error?.issues[0]?.message ?? null);
  const open = (event: FormEvent) => {
    event.preventDefault();
    if (id === '' || problem !== null) return;
    flagDrafts.keep(id, { base: 0, draft: firstDraft(type, description.trim(), '') });
    onClose();
    navigate(`/controls/flags/${id}`);
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="Add a flag"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" form={form} disabled={id === '' || problem !== null}>
            Open the draft
          </Button>
        </>
      }
    >
      <form id={form} className={shared.stack} onSubmit={open}>
        <TextInput
          label="Key"
          description="as apps ask for it"
          placeholder="new-checkout"
          value={key}
          error={problem}
          maxLength={100}
          data-autofocus
          onChange={(event) => setKey(event.currentTarget.value)}
        />
        <TextInput
          label="Description"
          placeholder="What it turns on"
          value={description}
          maxLength={500}
          onChange={(event) => setDescription(event.currentTarget.value)}
        />
        <div className={shared.stack}>
          <Segmented
            label="Type"
            value={type}
            options={(['release', 'kill', 'ops'] as const).map((value) => ({ value, label: typeWords[value].title }))}
            onChange={setType}
          />
          <p className={shared.muted}>{typeWords[type].meaning}</p>
        </div>
      </form>
    </Dialog>
  );
}
