import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { type Settings, settingsSchema } from '#contract/documents/settings.ts';
import { revisionOf, useDocument } from '#renderer/client/documents.ts';
import { ActProblem } from '#renderer/frame/act-problem.tsx';
import { HistoryButton } from '#renderer/frame/history-button.tsx';
import { issuesOf } from '#renderer/frame/issues.ts';
import { showToast } from '#renderer/frame/toasts.ts';
import { useCommand } from '#renderer/frame/use-command.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Callout } from '#renderer/ui/callout.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import { byteUnits, scaledText, timeUnits } from '#renderer/ui/scaled.ts';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import { consequencesOf } from './consequences.ts';
import { SettingsFields } from './settings-fields.tsx';
import classes from './system.module.css';

const settingsId = 'gateway';
const defaults = settingsSchema.parse({});

const count = (value: number) => value.toLocaleString('en-US');

/** Each setting as a change of it is written. */
const shown: readonly { readonly name: keyof Settings; readonly label: string; readonly write: (settings: Settings) => string }[] = [
  { name: 'environment', label: 'Environment', write: (settings) => settings.environment },
  { name: 'diskBudgetBytes', label: 'Disk budget', write: (settings) => scaledText(settings.diskBudgetBytes, byteUnits) },
  { name: 'retentionMs', label: 'Retention', write: (settings) => scaledText(settings.retentionMs, timeUnits) },
  { name: 'dedupeWindowMs', label: 'Dedupe window', write: (settings) => scaledText(settings.dedupeWindowMs, timeUnits) },
  { name: 'dedupeMaxEntries', label: 'Ids remembered', write: (settings) => count(settings.dedupeMaxEntries) },
  { name: 'drainDeadlineMs', label: 'Drain deadline', write: (settings) => scaledText(settings.drainDeadlineMs, timeUnits) },
  { name: 'quarantineAgeMs', label: 'Quarantine keeps', write: (settings) => scaledText(settings.quarantineAgeMs, timeUnits) },
  { name: 'quarantineMaxEvents', label: 'Quarantined events', write: (settings) => count(settings.quarantineMaxEvents) },
  { name: 'quarantineMaxBytes', label: 'Quarantined bytes', write: (settings) => scaledText(settings.quarantineMaxBytes, byteUnits) },
];

/** The gateway-wide settings: edit, see what changes and what that means, check, save. */
export function GatewaySettings() {
  const document = useDocument('settings', settingsId);
  const current = document?.value ?? defaults;
  // Somebody else's newer revision starts the form anew.
  return <SettingsForm key={document?.revision ?? 0} current={current} at={document?.at ?? null} by={document?.by ?? null} />;
}

function SettingsForm({ current, at, by }: { readonly current: Settings; readonly at: number | null; readonly by: string | null }) {
  const [draft, setDraft] = useState(current);
  const [reason, setReason] = useState('');
  const { state, isBusy, run } = useCommand();
  const isChanged = shown.some(({ name }) => draft[name] !== current[name]);
  const send = async (dryRun: boolean) => {
    const end = await run('settings.put', {
      value: draft,
      expectedRevision: revisionOf('settings', settingsId),
      dryRun,
      ...(reason.trim() === '' ? {} : { reason: reason.trim() }),
    });
    if (end.ok) showToast({ id: 'settings', title: dryRun ? 'The gateway would take these settings' : 'The settings are in force' });
  };
  return (
    <Panel
      title="Gateway settings"
      note={<LastChange at={at} by={by} />}
      actions={<HistoryButton kind="settings" id="gateway" name="the gateway settings" />}
    >
      <div className={classes.form}>
        <SettingsFields
          draft={draft}
          issues={issuesOf(state.error)}
          onChange={(values) => setDraft((before) => ({ ...before, ...values }))}
        />
        {isChanged ? <Changes current={current} draft={draft} /> : null}
        <TextInput label="Why (optional)" value={reason} maxLength={500} onChange={(event) => setReason(event.currentTarget.value)} />
        <div className={classes.foot}>
          <ActProblem state={state} />
          <Button disabled={!isChanged} onClick={() => setDraft(current)}>
            Discard changes
          </Button>
          <Button disabled={!isChanged} isBusy={isBusy} onClick={() => void send(true)}>
            Check
          </Button>
          <Button look="primary" disabled={!isChanged} isBusy={isBusy} onClick={() => void send(false)}>
            Save settings
          </Button>
        </div>
      </div>
    </Panel>
  );
}

function LastChange({ at, by }: { readonly at: number | null; readonly by: string | null }) {
  if (at === null) return 'the built-in ones; nobody changed them';
  return (
    <>
      changed <TimeAgo at={at} /> by {by}
    </>
  );
}

/** What would change, and what that means. */
function Changes({ current, draft }: { readonly current: Settings; readonly draft: Settings }) {
  const changed = shown.filter(({ name }) => draft[name] !== current[name]);
  return (
    <Callout state="none" title={changed.length === 1 ? 'One change' : `${changed.length} changes`}>
      <ul className={classes.diff}>
        {changed.map(({ name, label, write }) => (
          <li key={name}>
            <span>{label}</span>
            <span>
              <s>{write(current)}</s> → {write(draft)}
            </span>
          </li>
        ))}
      </ul>
      {consequencesOf(current, draft).map((text) => (
        <p key={text}>{text}</p>
      ))}
    </Callout>
  );
}
