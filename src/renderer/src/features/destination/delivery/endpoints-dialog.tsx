import { NumberInput, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import type { Destination } from '#contract/documents/destination.ts';
import { type Endpoints, endpointsSchema, primaryEndpoint } from '#contract/documents/endpoints.ts';
import { freeSlug } from '#renderer/frame/slug.ts';
import { Button, IconButton } from '#renderer/ui/button.tsx';
import { timeUnits } from '#renderer/ui/scaled.ts';
import { ScaledInput } from '#renderer/ui/scaled-input.tsx';
import { Segmented } from '#renderer/ui/segmented.tsx';
import shared from '#renderer/ui/shared.module.css';
import classes from '../edit-dialog.module.css';
import { EditDialog, type EditPart } from '../edit-dialog.tsx';

type Other = Endpoints['others'][number];
const mostOthers = 8;

/** What a destination starts with that gets its second endpoint. */
const fresh: Endpoints = { ...endpointsSchema.omit({ others: true }).parse({}), others: [] };

function added(endpoints: Endpoints): Endpoints {
  const id = freeSlug('second', new Set([primaryEndpoint, ...endpoints.others.map((other) => other.id)]));
  return { ...endpoints, others: [...endpoints.others, { id, url: '', dedupeDomain: endpoints.dedupeDomain, weight: 1 }] };
}

/** Further endpoints of a destination: their order, their shares, and how soon the first is gone back to. */
export function EndpointsDialog({
  id,
  before,
  onClose,
}: {
  readonly id: string;
  readonly before: Destination;
  readonly onClose: () => void;
}) {
  const first = { ...before, endpoints: before.endpoints ?? added(fresh) };
  return (
    <EditDialog id={id} before={first} title={`Endpoints of ${before.name}`} onClose={onClose}>
      {(part) => <Fields {...part} endpoints={part.draft.endpoints ?? fresh} />}
    </EditDialog>
  );
}

function Fields({ endpoints, problems, onChange }: EditPart & { readonly endpoints: Endpoints }) {
  const change = (values: Partial<Endpoints>) => {
    const next = { ...endpoints, ...values };
    onChange({ endpoints: next.others.length === 0 ? undefined : next });
  };
  const isSpread = endpoints.mode === 'spread';
  return (
    <>
      <Segmented
        label="How they are used"
        value={endpoints.mode}
        options={[
          { value: 'ordered', label: 'In order', title: 'The first healthy one has all events' },
          { value: 'spread', label: 'Share the load', title: 'All at once, by weight and health' },
        ]}
        onChange={(mode) => change({ mode })}
      />
      <div className={shared.two}>
        <TextInput
          label="Its own endpoint dedupes with"
          description="endpoints of one domain recognise each other’s events"
          value={endpoints.dedupeDomain}
          error={problems.get('endpoints.dedupeDomain')}
          onChange={(event) => change({ dedupeDomain: event.currentTarget.value })}
        />
        {isSpread ? <Weight label="Its weight" value={endpoints.weight} onChange={(weight) => change({ weight })} /> : null}
      </div>
      <h3 className={classes.title}>{isSpread ? 'Beside it' : 'Then, in this order'}</h3>
      {endpoints.others.map((other, index) => (
        <OtherFields
          // biome-ignore lint/suspicious/noArrayIndexKey: its id is being typed
          key={index}
          other={other}
          index={index}
          isSpread={isSpread}
          problems={problems}
          onChange={(next) => change({ others: endpoints.others.map((each, at) => (at === index ? next : each)) })}
          onRemove={() => change({ others: endpoints.others.filter((_, at) => at !== index) })}
        />
      ))}
      <div>
        <Button
          size="small"
          icon={<IconPlus size={14} />}
          disabled={endpoints.others.length >= mostOthers}
          onClick={() => onChange({ endpoints: added(endpoints) })}
        >
          Add an endpoint
        </Button>
      </div>
      {isSpread ? null : (
        <div className={shared.two}>
          <ScaledInput
            label="Goes back after it was well for"
            units={timeUnits}
            value={endpoints.healthyMs}
            error={problems.get('endpoints.healthyMs')}
            onChange={(healthyMs) => change({ healthyMs })}
          />
          <ScaledInput
            label="Changes by itself at most every"
            units={timeUnits}
            value={endpoints.dwellMs}
            error={problems.get('endpoints.dwellMs')}
            onChange={(dwellMs) => change({ dwellMs })}
          />
        </div>
      )}
      <p className={classes.note}>
        The credential is bound to every origin it may go to: with another one the destination is held until it is bound again.
      </p>
    </>
  );
}

function OtherFields({
  other,
  index,
  isSpread,
  problems,
  onChange,
  onRemove,
}: {
  readonly other: Other;
  readonly index: number;
  readonly isSpread: boolean;
  readonly problems: ReadonlyMap<string, string>;
  readonly onChange: (next: Other) => void;
  readonly onRemove: () => void;
}) {
  const problem = (field: keyof Other) => problems.get(`endpoints.others.${index}.${field}`);
  return (
    <div className={classes.endpoint} data-weighted={isSpread || undefined}>
      <TextInput
        label="Id"
        value={other.id}
        error={problem('id')}
        onChange={(event) => onChange({ ...other, id: event.currentTarget.value })}
      />
      <TextInput
        label="Address"
        placeholder="https://…"
        value={other.url}
        error={problem('url')}
        onChange={(event) => onChange({ ...other, url: event.currentTarget.value })}
      />
      <TextInput
        label="Dedupes with"
        value={other.dedupeDomain}
        error={problem('dedupeDomain')}
        onChange={(event) => onChange({ ...other, dedupeDomain: event.currentTarget.value })}
      />
      {isSpread ? <Weight label="Weight" value={other.weight} onChange={(weight) => onChange({ ...other, weight })} /> : null}
      <IconButton label={`Remove ${other.id}`} icon={<IconX size={14} />} onClick={onRemove} />
    </div>
  );
}

function Weight({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: number;
  readonly onChange: (weight: number) => void;
}) {
  return (
    <NumberInput
      label={label}
      value={value}
      min={1}
      max={100}
      hideControls
      onChange={(next) => {
        if (typeof next === 'number') onChange(Math.round(next));
      }}
    />
  );
}
