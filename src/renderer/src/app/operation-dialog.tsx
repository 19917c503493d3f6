import { JsonInput } from '@mantine/core';
import { useState } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { AppError } from '#contract/errors.ts';
import type { Operation } from '#contract/operation.ts';
import { randomId } from '#contract/random-id.ts';
import { currentSession } from '#renderer/client/session.ts';
import { Button } from '#renderer/ui/button.tsx';
import { CopyButton } from '#renderer/ui/command-line.tsx';
import { Dialog } from '#renderer/ui/dialog.tsx';
import { ErrorState } from '#renderer/ui/placeholders.tsx';
import classes from './operation-dialog.module.css';

const chosen = createStore<{ readonly operation: Operation | null }>(() => ({ operation: null }));

/** Opens the plain form for an operation that no view has a better one for. */
export function openOperation(operation: Operation): void {
  chosen.setState({ operation });
}

/** Any operation of the table, by hand: input as JSON, answer as JSON. What the command line's `sluice call` does. */
export function OperationDialog() {
  const operation = useStore(chosen, (state) => state.operation);
  return operation === null ? null : <OperationForm key={operation.name} operation={operation} />;
}

function OperationForm({ operation }: { readonly operation: Operation }) {
  const [text, setText] = useState('{}');
  const [answer, setAnswer] = useState<string | null>(null);
  const [error, setError] = useState<AppError | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const isCommand = operation.kind === 'command';
  const send = async (isTrial: boolean) => {
    const input = parse(text);
    if (input === undefined) return;
    setIsBusy(true);
    const result = await currentSession().gateway.call(
      operation,
      isTrial ? { ...input, dryRun: true } : input,
      isCommand ? { commandId: randomId() } : {},
    );
    setIsBusy(false);
    setAnswer(result.ok ? JSON.stringify(result.value, null, 2) : null);
    setError(result.ok ? null : result.error);
  };
  return (
    <Dialog
      isOpen
      onClose={() => chosen.setState({ operation: null })}
      title={operation.title}
      width={640}
      footer={
        <>
          {isCommand ? (
            <Button isBusy={isBusy} onClick={() => void send(true)}>
              Show what it would do
            </Button>
          ) : null}
          <Button
            look={isCommand ? 'grave' : 'primary'}
            isBusy={isBusy}
            disabled={parse(text) === undefined}
            onClick={() => void send(false)}
          >
            {isCommand ? `Run ${operation.name}` : `Ask ${operation.name}`}
          </Button>
        </>
      }
    >
      <div className={classes.stack}>
        <JsonInput
          label="Input"
          description={<code>{operation.name}</code>}
          value={text}
          onChange={setText}
          autosize
          minRows={3}
          maxRows={12}
          formatOnBlur
          validationError="This is not a JSON object"
          data-autofocus
        />
        {error === null ? null : <ErrorState error={error} />}
        {answer === null ? null : (
          <div className={classes.answer}>
            <CopyButton text={answer} label="Copy the answer" />
            <pre>{answer}</pre>
          </div>
        )}
      </div>
    </Dialog>
  );
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
