import { NumberInput, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { type Settings, settingsSchema } from '#contract/documents/settings.ts';
import { revisionOf, useDocument } from '#renderer/client/documents.ts';
import { ActProblem } from '#renderer/frame/act-problem.tsx';
import { showToast } from '#renderer/frame/toasts.ts';
import { useCommand } from '#renderer/frame/use-command.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Callout } from '#renderer/ui/callout.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import { consequencesOf } from './consequences.ts';
import { issuesOf } from './issues.ts';
import { byteUnits, scaledText, timeUnits } from './scaled.ts';
import { ScaledInput } from './scaled-input.tsx';
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
  const change = (values: Partial<Settings>) => setDraft((before) => ({ ...before, ...values }));
  const issues = issuesOf(state.error);
  const changed = shown.filter(({ name }) => draft[name] !== current[name]);
  const send = async (dryRun: boolean) => {
    const end = await run('settings.put', {
      value: draft,
      expectedRevision: revisionOf('settings', settingsId),
      dryRun,
      ...(reason.trim() === '' ? {} : { reason: reason.trim() }),
    });
    if (end.ok) showToast({ id: 'settings', title: dryRun ? 'The gateway would take these settings' : 'The settings are in force' });
  };
  const consequences = consequencesOf(current, draft);
  return (
    <Panel
      title="Gateway settings"
      note={
        at === null ? (
          'the built-in ones; nobody changed them'
        ) : (
          <>
            changed <TimeAgo at={at} /> by {by}
          </>
        )
      }
    >
      <div className={classes.form}>
        <div className={classes.grid}>
          <Select
            label="Environment"
            description="production tints the frame and guards more acts"
            data={['embedded', 'staging', 'production']}
            value={draft.environment}
            allowDeselect={false}
            error={issues.get('environment')}
            onChange={(value) => change({ environment: value === 'staging' || value === 'production' ? value : 'embedded' })}
          />
          <ScaledInput
            label="Disk budget"
            description="for the log; 5 % of it is kept for settling"
            units={byteUnits}
            value={draft.diskBudgetBytes}
            error={issues.get('diskBudgetBytes')}
            onChange={(diskBudgetBytes) => change({ diskBudgetBytes })}
          />
          <ScaledInput
            label="Retention"
            description="how long settled events are kept"
            units={timeUnits}
            value={draft.retentionMs}
            error={issues.get('retentionMs')}
            onChange={(retentionMs) => change({ retentionMs })}
          />
          <ScaledInput
            label="Drain deadline"
            description="for requests in flight after a park; then aborted as uncertain"
            units={timeUnits}
            value={draft.drainDeadlineMs}
            error={issues.get('drainDeadlineMs')}
            onChange={(drainDeadlineMs) => change({ drainDeadlineMs })}
          />
          <ScaledInput
            label="Dedupe window"
            description="how long a message id is remembered"
            units={timeUnits}
            value={draft.dedupeWindowMs}
            error={issues.get('dedupeWindowMs')}
            onChange={(dedupeWindowMs) => change({ dedupeWindowMs })}
          />
          <NumberInput
            label="Ids remembered at most"
            description="bounds the memory that dedupe takes"
            thousandSeparator=","
            hideControls
            value={draft.dedupeMaxEntries}
            error={issues.get('dedupeMaxEntries')}
            onChange={(value) => typeof value === 'number' && change({ dedupeMaxEntries: Math.round(value) })}
          />
          <ScaledInput
            label="Quarantine keeps"
            description="events set aside by a tracking plan; older ones are discarded"
            units={timeUnits}
            value={draft.quarantineAgeMs}
            error={issues.get('quarantineAgeMs')}
            onChange={(quarantineAgeMs) => change({ quarantineAgeMs })}
          />
          <NumberInput
            label="Quarantined events at most"
            thousandSeparator=","
            hideControls
            value={draft.quarantineMaxEvents}
            error={issues.get('quarantineMaxEvents')}
            onChange={(value) => typeof value === 'number' && change({ quarantineMaxEvents: Math.round(value) })}
          />
          <ScaledInput
            label="Quarantine on disk at most"
            units={byteUnits}
            value={draft.quarantineMaxBytes}
            error={issues.get('quarantineMaxBytes')}
            onChange={(quarantineMaxBytes) => change({ quarantineMaxBytes })}
          />
        </div>
        {changed.length === 0 ? null : (
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
            {consequences.map((text) => (
              <p key={text}>{text}</p>
            ))}
          </Callout>
        )}
        <TextInput label="Why (optional)" value={reason} maxLength={500} onChange={(event) => setReason(event.currentTarget.value)} />
        <div className={classes.foot}>
          <ActProblem state={state} />
          <Button disabled={changed.length === 0} onClick={() => setDraft(current)}>
            Discard changes
          </Button>
          <Button disabled={changed.length === 0} isBusy={isBusy} onClick={() => void send(true)}>
            Check
          </Button>
          <Button look="primary" disabled={changed.length === 0} isBusy={isBusy} onClick={() => void send(false)}>
            Save settings
          </Button>
        </div>
      </div>
    </Panel>
  );
}
