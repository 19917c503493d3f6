import { type FormEvent, type ReactNode, useId, useState } from 'react';
import { type Destination, destinationSchema } from '#contract/documents/destination.ts';
import { revisionOf } from '#renderer/client/documents.ts';
import { ActProblem } from '#renderer/frame/act-problem.tsx';
import { issuesOf } from '#renderer/frame/issues.ts';
import { showSaved } from '#renderer/frame/saving.ts';
import { useCommand } from '#renderer/frame/use-command.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Dialog } from '#renderer/ui/dialog.tsx';
import shared from '#renderer/ui/shared.module.css';

export interface EditPart {
  readonly draft: Destination;
  /** What is wrong, by dotted path. */
  readonly problems: ReadonlyMap<string, string>;
  readonly onChange: (values: Partial<Destination>) => void;
}

/** Changes one part of a destination, with Undo after. What it does not show stays as it is. */
export function EditDialog({
  id,
  before,
  title,
  onClose,
  children,
}: {
  readonly id: string;
  readonly before: Destination;
  readonly title: string;
  readonly onClose: () => void;
  readonly children: (part: EditPart) => ReactNode;
}) {
  const form = useId();
  // Of the revision that is looked at: what another person saves meanwhile is not overwritten.
  const [base] = useState(() => revisionOf('destination', id));
  const [draft, setDraft] = useState(before);
  const { state, isBusy, run } = useCommand();
  const [isTried, setIsTried] = useState(false);
  const parsed = destinationSchema.safeParse(draft);
  const wrong = parsed.success ? [] : parsed.error.issues.map((issue) => [issue.path.map(String).join('.'), issue.message] as const);
  const problems = new Map([...(isTried ? wrong : []), ...issuesOf(state.error)]);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setIsTried(true);
    if (!parsed.success) return;
    const end = await run('destination.put', { id, value: parsed.data, expectedRevision: base });
    if (!end.ok) return;
    onClose();
    showSaved({ kind: 'destination', id, name: before.name, revision: end.value?.revision ?? base + 1, before: base });
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      width={640}
      title={title}
      footer={
        <>
          <ActProblem state={state} />
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" form={form} isBusy={isBusy}>
            Save {before.name}
          </Button>
        </>
      }
    >
      <form id={form} className={shared.stack} noValidate onSubmit={(event) => void save(event)}>
        {children({ draft, problems, onChange: (values) => setDraft((old) => ({ ...old, ...values })) })}
      </form>
    </Dialog>
  );
}
