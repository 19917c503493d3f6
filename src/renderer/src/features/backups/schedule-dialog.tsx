import { Checkbox, NumberInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import { type BackupSettings, backupSettingsSchema } from '#contract/documents/backup.ts';
import { type Settings, settingsSchema } from '#contract/documents/settings.ts';
import { documentOf, revisionOf } from '#renderer/client/documents.ts';
import { ActProblem } from '#renderer/frame/act-problem.tsx';
import { issuesOf } from '#renderer/frame/issues.ts';
import { showSaved } from '#renderer/frame/saving.ts';
import { useCommand } from '#renderer/frame/use-command.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Dialog } from '#renderer/ui/dialog.tsx';
import { timeUnits } from '#renderer/ui/scaled.ts';
import { ScaledInput } from '#renderer/ui/scaled-input.tsx';
import shared from '#renderer/ui/shared.module.css';

const settingsId = 'gateway';
/** A backup every few milliseconds is nothing to offer. */
const units = timeUnits.filter(({ factor }) => factor >= 60_000);

/** Where backups go, how often they are taken and how many are kept: a part of the gateway's settings. */
export function ScheduleDialog({ onClose }: { readonly onClose: () => void }) {
  const [before] = useState(() => ({
    value: documentOf('settings', settingsId)?.value ?? settingsSchema.parse({}),
    revision: revisionOf('settings', settingsId),
  }));
  const [draft, setDraft] = useState<BackupSettings>(before.value.backup);
  const change = (values: Partial<BackupSettings>) => setDraft((old) => ({ ...old, ...values }));
  const { state, isBusy, run } = useCommand();
  const issues = issuesOf(state.error);
  const parsed = backupSettingsSchema.safeParse(draft);
  const problemOf = (name: keyof BackupSettings) =>
    issues.get(`backup.${name}`) ?? (parsed.success ? undefined : parsed.error.issues.find(({ path }) => path[0] === name)?.message);
  const save = async () => {
    const value: Settings = { ...before.value, backup: draft };
    const end = await run('settings.put', { value, expectedRevision: before.revision });
    if (!end.ok) return;
    const revision = end.value?.revision ?? before.revision + 1;
    showSaved({ kind: 'settings', id: settingsId, name: 'The backup schedule', revision, before: before.revision });
    onClose();
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="Backup folder and schedule"
      footer={
        <>
          <ActProblem state={state} />
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look="primary"
            disabled={!parsed.success || JSON.stringify(draft) === JSON.stringify(before.value.backup)}
            isBusy={isBusy}
            onClick={() => void save()}
          >
            {draft.folder === null && before.value.backup.folder !== null ? 'Take no more backups' : 'Save the schedule'}
          </Button>
        </>
      }
    >
      <div className={shared.stack}>
        <TextInput
          label="Folder"
          description="on the gateway’s host, best on another disk; empty: no backups"
          placeholder="/mnt/backup/sluice"
          value={draft.folder ?? ''}
          error={problemOf('folder')}
          spellCheck={false}
          data-autofocus
          onChange={(event) => change({ folder: event.currentTarget.value === '' ? null : event.currentTarget.value })}
        />
        <Checkbox
          size="xs"
          label="By a schedule"
          checked={draft.everyMs !== null}
          onChange={(event) => change({ everyMs: event.currentTarget.checked ? 3_600_000 : null })}
        />
        <div className={shared.two}>
          {draft.everyMs === null ? null : (
            <ScaledInput
              label="One every"
              units={units}
              value={draft.everyMs}
              error={problemOf('everyMs')}
              onChange={(everyMs) => change({ everyMs })}
            />
          )}
          <ScaledInput
            label="Everything anew after"
            description="others copy what is new"
            units={units}
            value={draft.fullEveryMs}
            error={problemOf('fullEveryMs')}
            onChange={(fullEveryMs) => change({ fullEveryMs })}
          />
          <NumberInput
            label="Kept"
            description="complete ones; the oldest go"
            value={draft.keep}
            min={1}
            max={1000}
            hideControls
            error={problemOf('keep')}
            onChange={(keep) => {
              if (typeof keep === 'number') change({ keep: Math.round(keep) });
            }}
          />
        </div>
        <Checkbox
          size="xs"
          label="Also shortly after a critical command"
          checked={draft.afterCritical}
          onChange={(event) => change({ afterCritical: event.currentTarget.checked })}
        />
      </div>
    </Dialog>
  );
}
