import { Checkbox, MultiSelect, NumberInput, Select, TagsInput, TextInput } from '@mantine/core';
import type { ComponentProps } from 'react';
import type { Destination } from '#contract/documents/destination.ts';
import { useDocument, useDocuments } from '#renderer/client/documents.ts';
import { Callout } from '#renderer/ui/callout.tsx';
import { byteUnits, scaledText, timeUnits } from '#renderer/ui/scaled.ts';
import { ScaledInput } from '#renderer/ui/scaled-input.tsx';
import shared from '#renderer/ui/shared.module.css';
import { type ConnectorInfo, changesOrigin, type DestinationDraft } from './destination-draft.ts';
import { JudgingFields } from './judging-fields.tsx';
import { SchemaFields } from './schema-fields.tsx';
import type { Field } from './schema-form.ts';
import classes from './system.module.css';

interface Props {
  readonly draft: DestinationDraft;
  readonly id: string;
  readonly isNew: boolean;
  readonly before: Destination | null;
  readonly connectors: readonly ConnectorInfo[];
  readonly connector: ConnectorInfo | null;
  readonly fields: readonly Field[];
  readonly problems: ReadonlyMap<string, string>;
  readonly onChange: (values: Partial<DestinationDraft>) => void;
  readonly onConnector: (connector: ConnectorInfo) => void;
}

/** Everything of a destination, what must be decided first and what has a sound default folded away. */
export function DestinationFields(props: Props) {
  const { draft, id, isNew, connectors, connector, fields, problems, onChange, onConnector } = props;
  return (
    <>
      <div className={shared.two}>
        <Select
          className={classes.wide ?? ''}
          label="Connector"
          placeholder="Which vendor"
          data={connectors.map((each) => ({ value: each.id, label: each.title }))}
          value={draft.connector === '' ? null : draft.connector}
          disabled={!isNew}
          error={problems.get('connector')}
          allowDeselect={false}
          data-autofocus
          onChange={(value) => {
            const next = connectors.find((each) => each.id === value);
            if (next !== undefined) onConnector(next);
          }}
        />
        {connector === null ? null : <ConnectorNotes connector={connector} />}
        <TextInput
          label="Name"
          placeholder="HubSpot"
          value={draft.name}
          maxLength={100}
          error={problems.get('name')}
          onChange={(event) => onChange({ name: event.currentTarget.value })}
        />
        <TextInput
          label="Id"
          value={isNew ? draft.id : id}
          placeholder={id}
          disabled={!isNew}
          error={problems.get('id')}
          onChange={(event) => onChange({ id: event.currentTarget.value })}
        />
      </div>
      {fields.length === 0 ? null : (
        <div className={classes.section}>
          <h3 className={classes.sectionTitle}>{connector?.title ?? ''} settings</h3>
          <div className={shared.two}>
            <SchemaFields
              fields={fields}
              values={draft.settings}
              problems={problems}
              onChange={(name, value) => onChange({ settings: { ...draft.settings, [name]: value } })}
            />
          </div>
        </div>
      )}
      {connector === null ? null : <Routing {...props} connector={connector} />}
      {connector === null ? null : <Advanced draft={draft} problems={problems} onChange={onChange} maxBatch={connector.maxBatch} />}
      {connector === null ? null : (
        <JudgingFields draft={draft} problems={problems} isCheckable={connector.checkable} onChange={onChange} />
      )}
    </>
  );
}

function ConnectorNotes({ connector }: { readonly connector: ConnectorInfo }) {
  const notes = [
    connector.confirms ? 'Confirms what it took.' : 'Never says whether it kept an event: delivered means accepted.',
    connector.dedupeNote,
    ...(connector.freshnessMs === null ? [] : [`Takes events up to ${scaledText(connector.freshnessMs, timeUnits)} old.`]),
    ...(connector.messagesPeople ? ['May send messages to people: opening it after a stop is guarded.'] : []),
  ];
  return (
    <ul className={`${classes.notes} ${classes.wide}`}>
      {notes.map((note) => (
        <li key={note}>{note}</li>
      ))}
    </ul>
  );
}

function Routing({ draft, id, before, connector, problems, onChange }: Props & { readonly connector: ConnectorInfo }) {
  const sources = useDocuments('source');
  const hasCredential = useDocument('credential', id)?.value != null;
  return (
    <div className={classes.section}>
      <h3 className={classes.sectionTitle}>Where and what</h3>
      <TextInput
        label={connector.defaultEndpoint === null ? 'Address' : 'Address (optional)'}
        description={connector.defaultEndpoint === null ? 'this connector has none of its own' : `empty: ${connector.defaultEndpoint}`}
        placeholder="https://…"
        value={draft.endpoint}
        error={problems.get('endpoint')}
        onChange={(event) => onChange({ endpoint: event.currentTarget.value })}
      />
      {changesOrigin(draft, before, connector.defaultEndpoint) && hasCredential ? (
        <Callout state="held" title="Another address: its credential stays behind">
          The credential is bound to the address before. The destination is held until somebody binds it again under Credentials.
        </Callout>
      ) : null}
      <div className={shared.two}>
        <MultiSelect
          label="Sources"
          description="none chosen: all"
          data={sources.map(({ id, value }) => ({ value: id, label: value?.name ?? id }))}
          value={[...draft.sources]}
          error={problems.get('sources')}
          onChange={(next) => onChange({ sources: next })}
        />
        <TagsInput
          label="Event names"
          description="none given: all; Enter adds one"
          value={[...draft.events]}
          error={problems.get('events')}
          onChange={(next) => onChange({ events: next })}
        />
        <TagsInput
          label="Tags"
          description="for groups and filters"
          value={[...draft.tags]}
          error={problems.get('tags')}
          onChange={(next) => onChange({ tags: next })}
        />
        <Checkbox
          size="xs"
          label="Deliver to it"
          description="off: a lane that takes nothing"
          checked={draft.enabled}
          onChange={(event) => onChange({ enabled: event.currentTarget.checked })}
        />
      </div>
    </div>
  );
}

function Advanced({ draft, problems, maxBatch, onChange }: Pick<Props, 'draft' | 'problems' | 'onChange'> & { readonly maxBatch: number }) {
  return (
    <details className={classes.advanced}>
      <summary>How hard it may be driven, and what is kept for it</summary>
      <div className={shared.two}>
        <DeliveryFields draft={draft} problems={problems} maxBatch={maxBatch} onChange={onChange} />
        <HoldFields draft={draft} problems={problems} onChange={onChange} />
      </div>
    </details>
  );
}

function DeliveryFields({ draft, problems, maxBatch, onChange }: ComponentProps<typeof Advanced>) {
  const { delivery } = draft;
  const drive = (values: Partial<DestinationDraft['delivery']>) => onChange({ delivery: { ...delivery, ...values } });
  const whole = (set: (value: number) => void) => (value: number | string) => {
    if (typeof value === 'number') set(Math.round(value));
  };
  return (
    <>
      <NumberInput
        label="Requests at once"
        value={delivery.concurrency}
        min={1}
        max={256}
        hideControls
        error={problems.get('delivery.concurrency')}
        onChange={whole((concurrency) => drive({ concurrency }))}
      />
      <NumberInput
        label="Events a request"
        description={`the vendor takes ${maxBatch.toLocaleString('en-US')}`}
        value={delivery.batchSize}
        min={1}
        max={2000}
        hideControls
        error={problems.get('delivery.batchSize')}
        onChange={whole((batchSize) => drive({ batchSize }))}
      />
      <ScaledInput
        label="Wait to fill a batch"
        units={timeUnits}
        value={delivery.batchWaitMs}
        error={problems.get('delivery.batchWaitMs')}
        onChange={(batchWaitMs) => drive({ batchWaitMs })}
      />
      <ScaledInput
        label="Time for a request"
        units={timeUnits}
        value={delivery.timeoutMs}
        error={problems.get('delivery.timeoutMs')}
        onChange={(timeoutMs) => drive({ timeoutMs })}
      />
      <NumberInput
        label="Attempts before a dead letter"
        value={delivery.maxAttempts}
        min={1}
        max={100}
        hideControls
        error={problems.get('delivery.maxAttempts')}
        onChange={whole((maxAttempts) => drive({ maxAttempts }))}
      />
      <Select
        label="When the outcome is unknown"
        data={[
          { value: 'resend', label: 'Send again: may arrive twice' },
          { value: 'dead', label: 'Dead letter: may never arrive' },
        ]}
        value={delivery.onUncertain}
        allowDeselect={false}
        onChange={(value) => drive({ onUncertain: value === 'dead' ? 'dead' : 'resend' })}
      />
    </>
  );
}

function HoldFields({ draft, problems, onChange }: Pick<Props, 'draft' | 'problems' | 'onChange'>) {
  const { hold } = draft;
  const keep = (values: Partial<DestinationDraft['hold']>) => onChange({ hold: { ...hold, ...values } });
  return (
    <>
      <ScaledInput
        label="Keep while stopped, at most"
        units={timeUnits}
        value={hold.ageMs}
        error={problems.get('hold.ageMs')}
        onChange={(ageMs) => keep({ ageMs })}
      />
      <ScaledInput
        label="Backlog budget"
        units={byteUnits}
        value={hold.bytes}
        error={problems.get('hold.bytes')}
        onChange={(bytes) => keep({ bytes })}
      />
      <Select
        className={classes.wide ?? ''}
        label="When the budget is full"
        data={[
          { value: 'expire', label: 'Its own oldest events expire' },
          { value: 'refuseIngest', label: 'Ingest is refused: senders keep them' },
        ]}
        value={hold.onLimit}
        allowDeselect={false}
        onChange={(value) => keep({ onLimit: value === 'refuseIngest' ? 'refuseIngest' : 'expire' })}
      />
    </>
  );
}
