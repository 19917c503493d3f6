import { useState } from 'react';
import { type Retention, retentionSchema } from '#contract/documents/retention.ts';
import { settingsSchema } from '#contract/documents/settings.ts';
import { documentOf, revisionOf } from '#renderer/client/documents.ts';
import { ActProblem } from '#renderer/frame/act-problem.tsx';
import { issuesOf } from '#renderer/frame/issues.ts';
import { showSaved } from '#renderer/frame/saving.ts';
import { useCommand } from '#renderer/frame/use-command.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Dialog } from '#renderer/ui/dialog.tsx';
import { byteUnits, timeUnits } from '#renderer/ui/scaled.ts';
import { ScaledInput } from '#renderer/ui/scaled-input.tsx';
import shared from '#renderer/ui/shared.module.css';

const settingsId = 'gateway';
const ages = timeUnits.filter(({ factor }) => factor >= 60_000);

const fields = [
  { name: 'settledMaxBytes', label: 'Log, at most', hint: 'settled events go ahead of their time above it', units: byteUnits },
  { name: 'deadLetterAgeMs', label: 'A dead letter, at most', hint: 'then it expires', units: ages },
  { name: 'deadLetterMaxBytes', label: 'Dead letters of a destination', hint: 'above it the oldest expire', units: byteUnits },
  { name: 'rollupAgeMs', label: 'Telemetry by the minute', hint: 'finer figures go sooner', units: ages },
  { name: 'erasureAgeMs', label: 'Records of finished erasures', hint: 'what proves that somebody was forgotten', units: ages },
  {
    name: 'recordAgeMs',
    label: 'Records of what has ended',
    hint: 'replays, drills, rollouts, scheduled changes, playbook runs',
    units: ages,
  },
] as const;

/** Limits of retention: a part of the gateway's settings. */
export function LimitsDialog({ onClose, onDone }: { readonly onClose: () => void; readonly onDone: () => void }) {
  const [before] = useState(() => ({
    value: documentOf('settings', settingsId)?.value ?? settingsSchema.parse({}),
    revision: revisionOf('settings', settingsId),
  }));
  const [draft, setDraft] = useState<Retention>(before.value.retention);
  const { state, isBusy, run } = useCommand();
  const issues = issuesOf(state.error);
  const parsed = retentionSchema.safeParse(draft);
  const problemOf = (name: string) =>
    issues.get(`retention.${name}`) ?? (parsed.success ? undefined : parsed.error.issues.find(({ path }) => path[0] === name)?.message);
  const save = async () => {
    const end = await run('settings.put', { value: { ...before.value, retention: draft }, expectedRevision: before.revision });
    if (!end.ok) return;
    const revision = end.value?.revision ?? before.revision + 1;
    showSaved({ kind: 'settings', id: settingsId, name: 'How long data is kept', revision, before: before.revision });
    onDone();
    onClose();
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      width={600}
      title="How long data is kept"
      footer={
        <>
          <ActProblem state={state} />
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look="primary"
            disabled={!parsed.success || JSON.stringify(draft) === JSON.stringify(before.value.retention)}
            isBusy={isBusy}
            onClick={() => void save()}
          >
            Save the limits
          </Button>
        </>
      }
    >
      <div className={shared.stack}>
        <div className={shared.two}>
          {fields.map(({ name, label, hint, units }) => (
            <ScaledInput
              key={name}
              label={label}
              description={hint}
              units={units}
              value={draft[name]}
              error={problemOf(name)}
              onChange={(value) => setDraft((old) => ({ ...old, [name]: value }))}
            />
          ))}
        </div>
        <p className={shared.muted}>
          A lower limit takes effect with the next purge: what is beyond it goes. Retention of the log by age and the quarantine are under
          Settings.
        </p>
      </div>
    </Dialog>
  );
}
