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
import { issuesOf } from './issues.ts';
import { byteUnits, scaledText, timeUnits } from './scaled.ts';
import { ScaledInput } from './scaled-input.tsx';
import classes from './system.module.css';

const settingsId = 'gateway';
const defaults = settingsSchema.parse({});

const shown: Readonly<Record<keyof Settings, { readonly label: string; readonly write: (value: never) => string }>> = {
  environment: { label: 'Environment', write: (value: string) => value },
  diskBudgetBytes: { label: 'Disk budget', write: (value: number) => scaledText(value, byteUnits) },
  retentionMs: { label: 'Retention', write: (value: number) => scaledText(value, timeUnits) },
  dedupeWindowMs: { label: 'Dedupe window', write: (value: number) => scaledText(value, timeUnits) },
  dedupeMaxEntries: { label: 'Ids remembered', write: (value: number) => value.toLocaleString('en-US') },
  drainDeadlineMs: { label: 'Drain deadline', write: (value: number) => scaledText(value, timeUnits) },
};
const names = ['environment', 'diskBudgetBytes', 'retentionMs', 'dedupeWindowMs', 'dedupeMaxEntries', 'drainDeadlineMs'] as const satisfies readonly (keyof Settings)[];

/** Pure: what a change of settings does that is not plain from its numbers. */
export function consequencesOf(before: Settings, after: Settings): readonly string[] {
  const said: string[] = [];
  if (after.retentionMs < before.retentionMs) said.push('Settled events older than the new retention are deleted, whole segments at a time. What waits for a destination is kept.');
  if (after.diskBudgetBytes < before.diskBudgetBytes) said.push('If the log is already larger than the new budget, ingest answers 503 until it shrinks; senders retry by themselves.');
  if (after.dedupeWindowMs < before.dedupeWindowMs || after.dedupeMaxEntries < before.dedupeMaxEntries) said.push('A late resend of an older event is taken for a new one.');
  if (after.environment !== before.environment) said.push('Sealed credentials name their environment: the gateway refuses the change while it holds any.');
  return said;
}

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
  const changed = names.filter((name) => draft[name] !== current[name]);
  const send = async (dryRun: boolean) => {
    const end = await run('settings.put', { value: draft, expectedRevision: revisionOf('settings', settingsId), dryRun, ...(reason.trim() === '' ? {} : { reason: reason.trim() }) });
    if (end.ok) showToast({ id: 'settings', title: dryRun ? 'The gateway would take these settings' : 'The settings are in force' });
  };
  const consequences = consequencesOf(current, draft);
  return (
    <Panel title="Gateway settings" note={at === null ? 'the built-in ones; nobody changed them' : <>changed <TimeAgo at={at} /> by {by}</>}>
      <div className={classes.form}>
        <div className={classes.grid}>
          <Select label="Environment" description="production tints the frame and guards more acts" data={['embedded', 'staging', 'production']} value={draft.environment} allowDeselect={false} error={issues.get('environment')} onChange={(value) => change({ environment: value === 'staging' || value === 'production' ? value : 'embedded' })} />
          <ScaledInput label="Disk budget" description="for the log; 5 % of it is kept for settling" units={byteUnits} value={draft.diskBudgetBytes} error={issues.get('diskBudgetBytes')} onChange={(diskBudgetBytes) => change({ diskBudgetBytes })} />
          <ScaledInput label="Retention" description="how long settled events are kept" units={timeUnits} value={draft.retentionMs} error={issues.get('retentionMs')} onChange={(retentionMs) => change({ retentionMs })} />
          <ScaledInput label="Drain deadline" description="for requests in flight after a park; then aborted as uncertain" units={timeUnits} value={draft.drainDeadlineMs} error={issues.get('drainDeadlineMs')} onChange={(drainDeadlineMs) => change({ drainDeadlineMs })} />
          <ScaledInput label="Dedupe window" description="how long a message id is remembered" units={timeUnits} value={draft.dedupeWindowMs} error={issues.get('dedupeWindowMs')} onChange={(dedupeWindowMs) => change({ dedupeWindowMs })} />
          <NumberInput label="Ids remembered at most" description="bounds the memory that dedupe takes" thousandSeparator="," hideControls value={draft.dedupeMaxEntries} error={issues.get('dedupeMaxEntries')} onChange={(value) => typeof value === 'number' && change({ dedupeMaxEntries: Math.round(value) })} />
        </div>
        {changed.length === 0 ? null : (
          <Callout state="none" title={changed.length === 1 ? 'One change' : `${changed.length} changes`}>
            <ul className={classes.diff}>
              {changed.map((name) => (
                <li key={name}>
                  <span>{shown[name].label}</span>
                  <span>
                    <s>{shown[name].write(current[name] as never)}</s> → {shown[name].write(draft[name] as never)}
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
