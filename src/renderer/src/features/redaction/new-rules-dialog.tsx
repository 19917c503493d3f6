import { MultiSelect, TextInput } from '@mantine/core';
import { type FormEvent, useId, useState } from 'react';
import { nameSchema } from '#contract/documents/source.ts';
import { useDocuments } from '#renderer/client/documents.ts';
import { navigate } from '#renderer/frame/router.ts';
import { freeSlug } from '#renderer/frame/slug.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Dialog } from '#renderer/ui/dialog.tsx';
import shared from '#renderer/ui/shared.module.css';
import type { RuleDraft } from './draft.ts';
import { redactionDrafts } from './drafts.ts';

/** What most begin with. */
const first: readonly RuleDraft[] = [
  { key: 'email', id: 'email', by: 'pattern', path: '$.', pattern: 'email', action: 'hash', keep: 0 },
  { key: 'card', id: 'card', by: 'pattern', path: '$.', pattern: 'card', action: 'mask', keep: 4 },
];

/** Names new rules and opens them as a draft. Nothing is in force before they are saved. */
export function NewRulesDialog({ onClose }: { readonly onClose: () => void }) {
  const form = useId();
  const others = useDocuments('redaction');
  const sources = useDocuments('source');
  const [name, setName] = useState('');
  const [typedId, setTypedId] = useState('');
  const [chosen, setChosen] = useState<string[]>([]);
  const taken = new Set(others.map(({ id }) => id));
  const id = typedId.trim() || freeSlug(name, taken);
  const problem =
    id === ''
      ? null
      : taken.has(id)
        ? `There are rules ${id} already`
        : nameSchema.safeParse(id).success
          ? null
          : 'Lower-case letters, digits and dashes';
  const open = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === '' || id === '' || problem !== null) return;
    redactionDrafts.keep(id, { base: 0, draft: { name: name.trim(), sources: chosen, rules: first } });
    onClose();
    navigate(`/flow/redaction/${id}`);
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="Add redaction rules"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" form={form} disabled={name.trim() === '' || problem !== null}>
            Open the draft
          </Button>
        </>
      }
    >
      <form id={form} className={shared.stack} onSubmit={open}>
        <div className={shared.two}>
          <TextInput
            label="Name"
            placeholder="Personal data"
            value={name}
            maxLength={100}
            data-autofocus
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <TextInput
            label="Id"
            value={typedId}
            placeholder={id}
            error={problem}
            onChange={(event) => setTypedId(event.currentTarget.value)}
          />
        </div>
        <MultiSelect
          label="Sources"
          description="none chosen: all"
          data={sources.map((source) => ({ value: source.id, label: source.value?.name ?? source.id }))}
          value={chosen}
          onChange={setChosen}
        />
        <p className={shared.muted}>
          It begins with two rules: e-mail addresses are hashed, card numbers masked but for their last four digits.
        </p>
      </form>
    </Dialog>
  );
}
