import { TagsInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import { consentSchema } from '#contract/documents/consent.ts';
import { documentOf, useDestinationName, useDocuments } from '#renderer/client/documents.ts';
import { ActProblem } from '#renderer/frame/act-problem.tsx';
import { showSaved } from '#renderer/frame/saving.ts';
import { useCommand } from '#renderer/frame/use-command.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Callout } from '#renderer/ui/callout.tsx';
import { Dialog } from '#renderer/ui/dialog.tsx';
import { Segmented } from '#renderer/ui/segmented.tsx';
import shared from '#renderer/ui/shared.module.css';
import classes from './consent.module.css';
import { policySentence } from './policy.ts';

/** Which categories a destination needs, all or one of them, and what silence counts as; said back in one sentence. */
export function PolicyDialog({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const name = useDestinationName(id);
  const [before] = useState(() => documentOf('consent', id));
  const [categories, setCategories] = useState<string[]>([...(before?.value?.categories ?? [])]);
  const [match, setMatch] = useState(before?.value?.match ?? 'all');
  const [whenUnknown, setWhenUnknown] = useState(before?.value?.whenUnknown ?? 'deny');
  const [why, setWhy] = useState('');
  const { state, isBusy, run } = useCommand();
  const known = [...new Set(useDocuments('consent').flatMap(({ value }) => value?.categories ?? []))].sort();
  const parsed = consentSchema.safeParse({ categories, match, whenUnknown });
  const save = async () => {
    if (!parsed.success) return;
    const revision = before?.revision ?? 0;
    const reason = why.trim() === '' ? {} : { reason: why.trim() };
    const end = await run('consent.put', { id, value: parsed.data, expectedRevision: revision, ...reason });
    if (!end.ok) return;
    const replaced = before?.value == null ? 0 : revision;
    showSaved({ kind: 'consent', id, name: `The consent of ${name}`, revision: end.value?.revision ?? revision + 1, before: replaced });
    onClose();
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Consent that ${name} needs`}
      footer={
        <>
          <ActProblem state={state} />
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" disabled={!parsed.success} isBusy={isBusy} onClick={() => void save()}>
            Save the consent it needs
          </Button>
        </>
      }
    >
      <div className={shared.stack}>
        <TagsInput
          label="Categories"
          description="as your consent manager names them; Enter adds one"
          data={known}
          value={categories}
          maxTags={50}
          data-autofocus={before?.value == null ? true : undefined}
          onChange={setCategories}
        />
        <div className={classes.field}>
          <span className={classes.label}>How many of them</span>
          <Segmented
            label="How many of the categories"
            value={match}
            options={[
              { value: 'all', label: 'All of them (and)' },
              { value: 'any', label: 'One of them (or)' },
            ]}
            onChange={setMatch}
          />
        </div>
        <div className={classes.field}>
          <span className={classes.label}>What nobody said anything about</span>
          <Segmented
            label="What nobody said anything about"
            value={whenUnknown}
            options={[
              { value: 'deny', label: 'Counts as withdrawn' },
              { value: 'allow', label: 'Counts as granted' },
            ]}
            onChange={setWhenUnknown}
          />
        </div>
        {parsed.success ? (
          <Callout state={before?.value == null ? 'held' : 'none'} title={policySentence(name, parsed.data)}>
            It holds from now on, also for what waits: an event without it is settled as suppressed and never sent.
          </Callout>
        ) : null}
        <TextInput label="Why (optional)" value={why} maxLength={500} onChange={(event) => setWhy(event.currentTarget.value)} />
      </div>
    </Dialog>
  );
}
