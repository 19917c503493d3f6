import { Autocomplete, Checkbox, Select } from '@mantine/core';
import { type FormEvent, type ReactNode, useId, useState } from 'react';
import { useStore } from 'zustand';
import { type SwitchScope, scopeId } from '#contract/documents/switch.ts';
import { useDocuments } from '#renderer/client/documents.ts';
import { useLink } from '#renderer/client/session.ts';
import { ActProblem } from '#renderer/frame/act-problem.tsx';
import { actingStore, scopeName } from '#renderer/frame/acting.tsx';
import { BlastPreview } from '#renderer/frame/blast-table.tsx';
import { closeOverlay, requestStore } from '#renderer/frame/overlays.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Dialog } from '#renderer/ui/dialog.tsx';
import { ProofPanel } from '#renderer/ui/proof-panel.tsx';
import { Segmented } from '#renderer/ui/segmented.tsx';
import shared from '#renderer/ui/shared.module.css';
import { ConfirmFields } from './confirm-fields.tsx';
import classes from './dialogs.module.css';
import { confirmOf, dropObject, isTyped, previewCaveat, typedTarget } from './target.ts';
import { usePreview } from './use-preview.ts';
import { useSwitchSet } from './use-switch-set.ts';

/** Parks or drops any scope from anywhere in the console: “Set a switch…”, and the guarded drop. */
export function StopOverlay() {
  const request = useStore(requestStore, (state) => state.request);
  if (request?.type === 'drop') return <StopDialog key={`drop ${scopeId(request.scope)}`} fixed={request.scope} startMode="drop" />;
  if (request?.type === 'switch') return <StopDialog key="switch" fixed={request.scope ?? null} startMode="park" />;
  return null;
}

type StopMode = 'park' | 'drop';

interface Plan {
  readonly type: SwitchScope['type'];
  readonly target: string;
  readonly mode: StopMode;
  readonly forMs: string;
  readonly includeBacklog: boolean;
  readonly reason: string;
  readonly typed: string;
}

interface PlanFieldsProps {
  readonly plan: Plan;
  readonly onChange: (values: Partial<Plan>) => void;
}

const timers = [
  { value: '0', label: 'No timer' },
  { value: '900000', label: '15 m' },
  { value: '3600000', label: '1 h' },
  { value: '14400000', label: '4 h' },
  { value: '86400000', label: '24 h' },
] as const;
const scopeTypes = [
  { value: 'destination', label: 'Destination' },
  { value: 'source', label: 'Source' },
  { value: 'event', label: 'Event name' },
  { value: 'everything', label: 'Everything' },
] as const;

function scopeOf({ type, target }: Pick<Plan, 'type' | 'target'>): SwitchScope | null {
  if (type === 'everything') return { type };
  const name = target.trim();
  if (name === '') return null;
  if (type === 'source') return { type, source: name };
  return type === 'destination' ? { type, destination: name } : { type, event: name };
}

function StopDialog({ fixed, startMode }: { readonly fixed: SwitchScope | null; readonly startMode: StopMode }) {
  const form = useId();
  const [plan, setPlan] = useState<Plan>({
    type: 'destination',
    target: '',
    mode: startMode,
    forMs: '0',
    includeBacklog: false,
    reason: '',
    typed: '',
  });
  const change = (values: Partial<Plan>) => setPlan((before) => ({ ...before, ...values }));
  const scope = fixed ?? scopeOf(plan);
  const query = usePreview(scope, plan.mode);
  const { state, done, set, isBusy } = useSwitchSet();
  const isLive = useLink((link) => link.phase === 'live');
  const isDrop = plan.mode === 'drop';
  const name = scope === null ? 'it' : scopeName(scope);
  const dropped = scope === null ? 'events' : dropObject(scope, name);
  const caveat = scope === null ? null : previewCaveat(scope);
  const isReady = isLive && scope !== null && (!isDrop || (plan.reason.trim() !== '' && isTyped(scope, plan.typed)));
  if (done !== null && scope !== null) return <StoppedDialog scope={scope} isDrop={isDrop} />;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (scope === null || !isReady || isBusy) return;
    const forMs = Number(plan.forMs);
    set({
      scope,
      mode: plan.mode,
      ...(forMs > 0 ? { forMs } : {}),
      ...(plan.reason.trim() === '' ? {} : { reason: plan.reason.trim() }),
      ...(isDrop ? { includeBacklog: plan.includeBacklog, confirm: confirmOf(scope, plan.typed) } : {}),
    });
  };
  return (
    <Dialog
      isOpen
      onClose={closeOverlay}
      width={720}
      title={fixed === null ? 'Set a switch' : isDrop ? `Drop ${dropped}` : `Park ${name}`}
      footer={
        <>
          <ActProblem state={state} />
          <Button onClick={closeOverlay}>Cancel</Button>
          <Button look={isDrop ? 'grave' : 'primary'} type="submit" form={form} disabled={!isReady} isBusy={isBusy}>
            {isDrop ? `Drop ${dropped}` : `Park ${name}`}
          </Button>
        </>
      }
    >
      <form id={form} className={shared.stack} onSubmit={submit}>
        {fixed === null ? <ScopeFields plan={plan} onChange={change} /> : null}
        <ModeFields plan={plan} onChange={change} />
        {scope === null ? null : <BlastPreview {...query} purpose={plan.mode} />}
        {caveat === null ? null : <p className={shared.quiet}>{caveat}</p>}
        <ConfirmFields
          reason={plan.reason}
          onReason={(reason) => change({ reason })}
          isReasonRequired={isDrop}
          target={isDrop && scope !== null ? typedTarget(scope) : null}
          typed={plan.typed}
          onTyped={(typed) => change({ typed })}
        />
      </form>
    </Dialog>
  );
}

function ModeFields({ plan, onChange }: PlanFieldsProps) {
  return (
    <>
      <div className={classes.more}>
        <Labelled label="What it does">
          <Segmented
            label="What it does"
            value={plan.mode}
            options={[
              { value: 'park', label: 'Park: keep events' },
              { value: 'drop', label: 'Drop: lose events' },
            ]}
            onChange={(mode) => onChange({ mode })}
          />
        </Labelled>
        <Labelled label="Opens again by itself after">
          <Segmented label="Opens again by itself after" value={plan.forMs} options={timers} onChange={(forMs) => onChange({ forMs })} />
        </Labelled>
      </div>
      <p className={classes.summary}>{consequence(plan)}</p>
      {plan.mode === 'drop' ? (
        <Checkbox
          size="xs"
          label="Also drop what is waiting now"
          checked={plan.includeBacklog}
          onChange={(event) => onChange({ includeBacklog: event.currentTarget.checked })}
        />
      ) : null}
    </>
  );
}

function consequence({ mode, forMs, type }: Plan): string {
  const timer =
    forMs === '0'
      ? 'It stays until a person opens it; after 4 hours it asks to be looked at again.'
      : 'The timer opens it through a probe and drains what waited.';
  if (mode === 'drop') return `Events are counted as dropped and never sent, by nobody, at no later time. ${timer}`;
  return `Events ${type === 'destination' || type === 'everything' ? 'wait' : 'are held'} on disk; nothing is lost. ${timer}`;
}

function Labelled({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className={classes.field}>
      <span className={classes.label}>{label}</span>
      {children}
    </div>
  );
}

function ScopeFields({ plan, onChange }: PlanFieldsProps) {
  const destinations = useDocuments('destination');
  const sources = useDocuments('source');
  const known = plan.type === 'source' ? sources : destinations;
  return (
    <div className={shared.stack}>
      <Labelled label="What to stop">
        <Segmented
          label="What to stop"
          value={plan.type}
          options={scopeTypes}
          onChange={(type) => onChange({ type, target: '', typed: '' })}
        />
      </Labelled>
      {plan.type === 'event' ? (
        <Autocomplete
          label="Event name, exactly as it is sent"
          placeholder="Order Completed"
          data={[]}
          value={plan.target}
          maxLength={200}
          onChange={(target) => onChange({ target })}
          data-autofocus
        />
      ) : plan.type === 'everything' ? null : (
        <Select
          label={plan.type === 'source' ? 'Source' : 'Destination'}
          placeholder="Choose one"
          searchable
          data={known.map(({ id, value }) => ({ value: id, label: value?.name ?? id }))}
          value={plan.target === '' ? null : plan.target}
          onChange={(target) => onChange({ target: target ?? '' })}
          data-autofocus
        />
      )}
    </div>
  );
}

function StoppedDialog({ scope, isDrop }: { readonly scope: SwitchScope; readonly isDrop: boolean }) {
  const proof = useStore(actingStore, (state) => state.proofs.get(scopeId(scope)));
  const name = scopeName(scope);
  return (
    <Dialog
      isOpen
      onClose={closeOverlay}
      width={640}
      title={isDrop ? `Dropping ${dropObject(scope, name)}` : `${name} is parked`}
      footer={
        <Button look="primary" data-autofocus onClick={closeOverlay}>
          Done
        </Button>
      }
    >
      {proof === undefined ? (
        <p>The switch is in force. Its proof was lost with the answer; see the history of the switch.</p>
      ) : (
        <ProofPanel proof={proof} />
      )}
    </Dialog>
  );
}
