import { useEffect, useState } from 'react';
import type { AppError } from '#contract/errors.ts';
import { blastRadiusSchema } from '#contract/operations/switches.ts';
import { randomId } from '#contract/random-id.ts';
import { z } from '#contract/zod.ts';
import { currentSession, isLost } from '#renderer/client/session.ts';
import { BlastTable } from '#renderer/frame/blast-table.tsx';
import { errorAfterLoss } from '#renderer/frame/use-command.ts';
import { ConfirmDialog } from '#renderer/ui/confirm-dialog.tsx';
import { ErrorState, Skeleton } from '#renderer/ui/placeholders.tsx';
import shared from '#renderer/ui/shared.module.css';
import classes from './playbooks.module.css';
import type { StepCommand } from './words.ts';

interface Props {
  readonly title: string;
  readonly given: StepCommand;
  readonly onClose: () => void;
  /** With the id of the command, once it was applied. */
  readonly onGiven: (commandId: string) => void;
}

/** The dry run of a step's command, and then the command itself, as the gateway asks for it. */
export function CommandDialog({ title, given: { operation, input }, onClose, onGiven }: Props) {
  const [preview, setPreview] = useState<unknown>(undefined);
  const [error, setError] = useState<AppError | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const [turn, setTurn] = useState(0);
  const key = JSON.stringify(input);
  // biome-ignore lint/correctness/useExhaustiveDependencies: input is compared by value; `turn` asks again
  useEffect(() => {
    const abort = new AbortController();
    void currentSession()
      .gateway.call(operation, { ...input, dryRun: true }, { signal: abort.signal, commandId: randomId() })
      .then((answer) => {
        if (abort.signal.aborted) return;
        setPreview(answer.ok ? answer.value : undefined);
        setError(answer.ok ? null : answer.error);
      });
    return () => abort.abort();
  }, [operation, key, turn]);
  /** What the gateway wants typed; known once it refused for want of it. */
  const target = z.object({ type: z.string() }).safeParse(error?.code === 'CONFIRMATION_REQUIRED' ? error.details : null).data?.type;
  const give = async (confirm: string, reason: string) => {
    setIsBusy(true);
    const commandId = randomId();
    const answer = await currentSession().gateway.call(
      operation,
      { ...input, reason, ...(confirm === '' ? {} : { confirm }) },
      { commandId },
    );
    const refusal = answer.ok ? null : isLost(answer.error) ? await errorAfterLoss(commandId) : answer.error;
    setIsBusy(false);
    if (refusal !== null) return setError(refusal);
    onGiven(commandId);
    onClose();
  };
  const isRefused = error !== null && preview === undefined;
  return (
    <ConfirmDialog
      isOpen
      width={640}
      onClose={onClose}
      title={title}
      action={title}
      target={target}
      reason={operation.danger === 'critical' || error?.code === 'REASON_REQUIRED' ? 'required' : 'optional'}
      isBusy={isBusy || preview === undefined}
      problem={error === null || isRefused ? undefined : `${error.message} ${error.suggestedAction}`}
      onConfirm={({ confirm, reason }) => void give(confirm, reason)}
    >
      <p className={shared.muted}>
        {operation.title}: what it would do now. <code>{operation.name}</code>
      </p>
      {isRefused ? <ErrorState error={error} meaning="Nothing was done." onRetry={() => setTurn(turn + 1)} /> : null}
      {preview === undefined ? !isRefused && <Skeleton rows={2} label="Counting what this touches" /> : <Preview value={preview} />}
    </ConfirmDialog>
  );
}

const radiusSchema = z.object({ preview: blastRadiusSchema });

function Preview({ value }: { readonly value: unknown }) {
  const radius = radiusSchema.safeParse(value);
  if (radius.success) return <BlastTable preview={radius.data.preview} purpose="park" />;
  return <pre className={classes.json}>{JSON.stringify(value, null, 2)}</pre>;
}
