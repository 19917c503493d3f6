import { NativeSelect, TextInput } from '@mantine/core';
import { type FormEvent, useId, useState } from 'react';
import type { Playbook } from '#contract/documents/playbook.ts';
import { useDocuments } from '#renderer/client/documents.ts';
import { ActProblem } from '#renderer/frame/act-problem.tsx';
import { issuesOf } from '#renderer/frame/issues.ts';
import { setQuery } from '#renderer/frame/router.ts';
import { useCommand } from '#renderer/frame/use-command.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Dialog } from '#renderer/ui/dialog.tsx';
import shared from '#renderer/ui/shared.module.css';

/** Asks for what the playbook is about, and begins a run. */
export function StartDialog({ id, playbook, onClose }: { readonly id: string; readonly playbook: Playbook; readonly onClose: () => void }) {
  const form = useId();
  const destinations = useDocuments('destination');
  const [given, setGiven] = useState<Readonly<Record<string, string>>>({});
  const { state, isBusy, run } = useCommand();
  const issues = issuesOf(state.error);
  const first = destinations[0]?.id ?? '';
  const parameters = Object.fromEntries(
    playbook.parameters.map(({ name, type }) => [name, given[name] ?? (type === 'destination' ? first : '')]),
  );
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (isBusy) return;
    const end = await run('playbook.start', { playbook: id, parameters });
    if (!end.ok) return;
    onClose();
    if (end.value !== null) setQuery({ run: end.value.run }, { replace: false });
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Start “${playbook.title}”`}
      footer={
        <>
          <ActProblem state={state} />
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" form={form} isBusy={isBusy}>
            Start
          </Button>
        </>
      }
    >
      <form id={form} className={shared.stack} onSubmit={(event) => void submit(event)}>
        <p className={shared.muted}>{playbook.description}</p>
        <p className={shared.quiet}>Starting does nothing by itself: each step is yours.</p>
        {playbook.parameters.map(({ name, title, type }) => {
          const common = {
            label: title,
            value: parameters[name] ?? '',
            error: issues.get(`parameters.${name}`),
            onChange: (event: { readonly currentTarget: { readonly value: string } }) => {
              const { value } = event.currentTarget;
              setGiven((before) => ({ ...before, [name]: value }));
            },
          };
          return type === 'destination' ? (
            <NativeSelect
              key={name}
              {...common}
              data={destinations.map(({ id: value, value: destination }) => ({ value, label: destination?.name ?? value }))}
            />
          ) : (
            <TextInput key={name} {...common} maxLength={200} />
          );
        })}
      </form>
    </Dialog>
  );
}
