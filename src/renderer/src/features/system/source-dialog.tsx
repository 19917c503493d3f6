import { Checkbox, TextInput } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { type FormEvent, useId, useState } from 'react';
import { useStore } from 'zustand';
import type { Limits } from '#contract/documents/limits.ts';
import { type Source, sourceSchema } from '#contract/documents/source.ts';
import { documentOf, revisionOf, useDocument, useDocuments } from '#renderer/client/documents.ts';
import { ActProblem } from '#renderer/frame/act-problem.tsx';
import { issuesOf } from '#renderer/frame/issues.ts';
import { closeOverlay, requestOverlay, requestStore } from '#renderer/frame/overlays.ts';
import { freeSlug } from '#renderer/frame/slug.ts';
import { useCommand } from '#renderer/frame/use-command.ts';
import { Button, IconButton } from '#renderer/ui/button.tsx';
import { Dialog } from '#renderer/ui/dialog.tsx';
import { Segmented } from '#renderer/ui/segmented.tsx';
import shared from '#renderer/ui/shared.module.css';
import { LimitsFields } from './limits-fields.tsx';
import { SnippetBox } from './snippet-box.tsx';
import classes from './system.module.css';
import { newWriteKey } from './write-key.ts';

/** Adds a source, or changes one, from anywhere in the console. */
export function SourceOverlay() {
  const request = useStore(requestStore, (state) => state.request);
  return request?.type === 'source' ? <SourceDialog key={request.id ?? ''} editing={request.id ?? null} /> : null;
}

const pointers = [
  { name: 'event', label: 'Event name', fallback: '/event' },
  { name: 'userId', label: 'User id', fallback: '/userId' },
  { name: 'anonymousId', label: 'Anonymous id', fallback: '' },
  { name: 'messageId', label: 'Message id', fallback: '' },
  { name: 'timestamp', label: 'Timestamp', fallback: '' },
  { name: 'properties', label: 'Properties', fallback: '' },
] as const;
type PointerName = (typeof pointers)[number]['name'];

interface Draft {
  readonly id: string;
  readonly name: string;
  readonly kind: Source['kind'];
  readonly writeKey: string;
  readonly plan: string;
  readonly enabled: boolean;
  readonly limits: Limits;
  readonly keyLimits: Limits;
  readonly mapping: Readonly<Record<PointerName, string>>;
}

function draftOf(value: Source | null | undefined): Draft {
  const mapping = Object.fromEntries(pointers.map(({ name, fallback }) => [name, value?.mapping?.[name] ?? fallback])) as Record<
    PointerName,
    string
  >;
  return {
    id: '',
    name: value?.name ?? '',
    kind: value?.kind ?? 'segment',
    writeKey: value?.writeKey ?? newWriteKey(),
    plan: value?.plan ?? '',
    enabled: value?.enabled ?? true,
    limits: value?.limits ?? {},
    keyLimits: value?.keyLimits ?? {},
    mapping,
  };
}

/** What the form does not show of the source before (further keys, demo) is kept. */
function sourceOf({ name, kind, writeKey, plan, enabled, limits, keyLimits, mapping }: Draft, before: Source | null | undefined): Source {
  const used = Object.fromEntries(Object.entries(mapping).filter(([, pointer]) => pointer.trim() !== ''));
  const { plan: _plan, mapping: _mapping, limits: _limits, keyLimits: _keyLimits, ...kept } = before ?? {};
  const set = (limited: Limits) => Object.keys(limited).length > 0;
  return sourceSchema.parse({
    ...kept,
    name: name.trim() || '?',
    kind,
    writeKey: writeKey.trim().padEnd(4, '?'),
    enabled,
    ...(set(limits) ? { limits } : {}),
    ...(set(keyLimits) ? { keyLimits } : {}),
    ...(plan.trim() === '' ? {} : { plan: plan.trim() }),
    ...(kind === 'json' ? { mapping: used } : {}),
  });
}

function SourceDialog({ editing }: { readonly editing: string | null }) {
  const form = useId();
  const before = useDocument('source', editing ?? '')?.value;
  const others = useDocuments('source');
  const [draft, setDraft] = useState(() => draftOf(documentOf('source', editing ?? '')?.value));
  const [doneId, setDoneId] = useState<string | null>(null);
  const { state, isBusy, run } = useCommand();
  const change = (values: Partial<Draft>) => setDraft((old) => ({ ...old, ...values }));
  const issues = issuesOf(state.error);
  const id = editing ?? (draft.id.trim() || freeSlug(draft.name, new Set(others.map((other) => other.id))));
  const isReady = draft.name.trim() !== '' && draft.writeKey.trim().length >= 4 && id !== '';
  const save = async () => {
    const end = await run('source.put', { id, value: sourceOf(draft, before), expectedRevision: revisionOf('source', id) });
    if (!end.ok) return;
    if (editing === null) setDoneId(id);
    else closeOverlay();
  };
  if (doneId !== null) return <AddedSource name={draft.name.trim()} source={sourceOf(draft, null)} />;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isReady) void save();
  };
  return (
    <Dialog
      isOpen
      onClose={closeOverlay}
      width={600}
      title={editing === null ? 'Add a source' : `Change ${before?.name ?? editing}`}
      footer={
        <>
          <ActProblem state={state} />
          <Button onClick={closeOverlay}>Cancel</Button>
          <Button look="primary" type="submit" form={form} disabled={!isReady} isBusy={isBusy}>
            {editing === null ? 'Add source' : 'Save source'}
          </Button>
        </>
      }
    >
      <form id={form} className={shared.stack} onSubmit={submit}>
        <Segmented
          label="What it sends"
          value={draft.kind}
          options={[
            { value: 'segment', label: 'Segment SDK' },
            { value: 'json', label: 'Plain JSON' },
          ]}
          onChange={(kind) => change({ kind })}
        />
        <SourceFields editing={editing} id={id} draft={draft} issues={issues} onChange={change} />
        {draft.kind === 'json' ? (
          <MappingFields mapping={draft.mapping} issues={issues} onChange={(mapping) => change({ mapping })} />
        ) : null}
        <Limiting draft={draft} issues={issues} onChange={change} />
        <Checkbox
          size="xs"
          label="Accept events from it"
          checked={draft.enabled}
          onChange={(event) => change({ enabled: event.currentTarget.checked })}
        />
      </form>
    </Dialog>
  );
}

interface SourceFieldsProps {
  /** Id of the source that is changed; null for a new one. */
  readonly editing: string | null;
  /** The id that it has, or would get. */
  readonly id: string;
  readonly draft: Draft;
  readonly issues: ReadonlyMap<string, string>;
  readonly onChange: (values: Partial<Draft>) => void;
}

function SourceFields({ editing, id, draft, issues, onChange }: SourceFieldsProps) {
  return (
    <div className={shared.two}>
      <TextInput
        label="Name"
        placeholder="Web shop"
        value={draft.name}
        maxLength={100}
        error={issues.get('name')}
        data-autofocus
        onChange={(event) => onChange({ name: event.currentTarget.value })}
      />
      <TextInput
        label="Id"
        description=""
        value={editing ?? draft.id}
        placeholder={id}
        disabled={editing !== null}
        error={issues.get('id')}
        onChange={(event) => onChange({ id: event.currentTarget.value })}
      />
      <TextInput
        className={classes.wide ?? ''}
        label="Write key"
        description={
          editing === null
            ? 'identifies the source; browsers carry it, so it is no secret'
            : 'changing it cuts off whoever still sends with the old one'
        }
        value={draft.writeKey}
        error={issues.get('writeKey')}
        rightSection={
          <IconButton
            size="small"
            label="A new random key"
            icon={<IconRefresh size={14} />}
            onClick={() => onChange({ writeKey: newWriteKey() })}
          />
        }
        onChange={(event) => onChange({ writeKey: event.currentTarget.value })}
      />
      <TextInput
        label="Plan or tenant (optional)"
        value={draft.plan}
        maxLength={100}
        onChange={(event) => onChange({ plan: event.currentTarget.value })}
      />
    </div>
  );
}

function Limiting({ draft, issues, onChange }: Pick<SourceFieldsProps, 'draft' | 'issues' | 'onChange'>) {
  const isSet = Object.keys(draft.limits).length + Object.keys(draft.keyLimits).length > 0;
  return (
    <details className={classes.advanced} open={isSet}>
      <summary>How much it may send</summary>
      <div className={shared.stack}>
        <LimitsFields
          title="The source as a whole"
          path="limits"
          value={draft.limits}
          issues={issues}
          onChange={(limits) => onChange({ limits })}
        />
        <LimitsFields
          title="Each of its keys"
          path="keyLimits"
          value={draft.keyLimits}
          issues={issues}
          onChange={(keyLimits) => onChange({ keyLimits })}
        />
        <p className={shared.quiet}>
          What is empty is as its plan in the settings says, or not limited. Over a limit the sender is answered 429 with Retry-After; SDKs
          send it again.
        </p>
      </div>
    </details>
  );
}

function MappingFields({
  mapping,
  issues,
  onChange,
}: {
  readonly mapping: Draft['mapping'];
  readonly issues: ReadonlyMap<string, string>;
  readonly onChange: (mapping: Draft['mapping']) => void;
}) {
  return (
    <div className={classes.section}>
      <p className={shared.muted}>
        Where each part is found in the body, as JSON Pointers. Empty: not there; for properties the whole body.
      </p>
      <div className={shared.two}>
        {pointers.map(({ name, label }) => (
          <TextInput
            key={name}
            label={label}
            placeholder={name === 'properties' ? 'the whole body' : `/${name}`}
            value={mapping[name]}
            error={issues.get(`mapping.${name}`)}
            onChange={(event) => onChange({ ...mapping, [name]: event.currentTarget.value })}
          />
        ))}
      </div>
    </div>
  );
}

function AddedSource({ name, source }: { readonly name: string; readonly source: Source }) {
  return (
    <Dialog
      isOpen
      onClose={closeOverlay}
      width={640}
      title={`${name} may send now`}
      footer={
        <>
          <Button onClick={() => requestOverlay({ type: 'destination' })}>Add a destination…</Button>
          <Button look="primary" data-autofocus onClick={closeOverlay}>
            Done
          </Button>
        </>
      }
    >
      <div className={shared.stack}>
        <p>Send an event with this, then watch it arrive under Flow.</p>
        <SnippetBox source={source} />
      </div>
    </Dialog>
  );
}
