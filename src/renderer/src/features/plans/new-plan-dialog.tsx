import { MultiSelect, TextInput } from '@mantine/core';
import { type FormEvent, useId, useState } from 'react';
import { nameSchema } from '#contract/documents/source.ts';
import { useDocuments } from '#renderer/client/documents.ts';
import { navigate } from '#renderer/frame/router.ts';
import { freeSlug } from '#renderer/frame/slug.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Dialog } from '#renderer/ui/dialog.tsx';
import shared from '#renderer/ui/shared.module.css';
import { planDrafts } from './drafts.ts';

/** Names a new plan and opens it as a draft. Nothing is in force before it is saved. */
export function NewPlanDialog({ onClose }: { readonly onClose: () => void }) {
  const form = useId();
  const plans = useDocuments('plan');
  const sources = useDocuments('source');
  const [name, setName] = useState('');
  const [typedId, setTypedId] = useState('');
  const [chosen, setChosen] = useState<string[]>([]);
  const taken = new Set(plans.map(({ id }) => id));
  const id = typedId.trim() || freeSlug(name, taken);
  const problem =
    id === ''
      ? null
      : taken.has(id)
        ? `There is a plan ${id} already`
        : nameSchema.safeParse(id).success
          ? null
          : 'Lower-case letters, digits and dashes';
  const busy = new Map(plans.flatMap((plan) => plan.value?.sources.map((source) => [source, plan.value?.name ?? plan.id] as const) ?? []));
  const open = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === '' || id === '' || problem !== null) return;
    planDrafts.keep(id, { base: 0, draft: { name: name.trim(), sources: chosen, mode: 'report', unplanned: 'allow', events: [] } });
    onClose();
    navigate(`/flow/plans/${id}`);
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="Add a tracking plan"
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
            placeholder="Web shop"
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
          description="none chosen: all that are in no other plan"
          data={sources.map((source) => ({
            value: source.id,
            label: busy.has(source.id)
              ? `${source.value?.name ?? source.id} (in ${busy.get(source.id)})`
              : (source.value?.name ?? source.id),
            disabled: busy.has(source.id),
          }))}
          value={chosen}
          onChange={setChosen}
        />
        <p className={shared.muted}>
          It begins with “report”: what breaks it is counted and flows on. Make it stricter once the counts are calm.
        </p>
      </form>
    </Dialog>
  );
}
