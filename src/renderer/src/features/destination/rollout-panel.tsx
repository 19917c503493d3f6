import { Select } from '@mantine/core';
import { useState } from 'react';
import type { Destination } from '#contract/documents/destination.ts';
import type { Flag } from '#contract/documents/flag.ts';
import { useDocument, useDocuments } from '#renderer/client/documents.ts';
import { Audience } from '#renderer/frame/audience.tsx';
import { href } from '#renderer/frame/router.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Callout } from '#renderer/ui/callout.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import classes from './destination.module.css';
import { EditDialog } from './edit-dialog.tsx';

const everybody = '';
const isBoolean = ({ variants }: Flag) => Object.values(variants).every((value) => typeof value === 'boolean');

/** Whose events the destination gets, where that hangs on a flag; and where it may, the way to have it so. */
export function RolloutPanel({ id, canStart = false }: { readonly id: string; readonly canStart?: boolean }) {
  const destination = useDocument('destination', id)?.value ?? null;
  const flags = useDocuments('flag').filter(({ value }) => value !== null && isBoolean(value));
  const [isEditing, setIsEditing] = useState(false);
  const key = destination?.rollout?.flag;
  if (destination === null || (key === undefined && (!canStart || flags.length === 0))) return null;
  return (
    <Panel
      title="Rollout"
      note={key === undefined ? undefined : 'decided as events come in'}
      actions={
        <Button size="small" look="quiet" onClick={() => setIsEditing(true)}>
          {key === undefined ? 'Roll out by a flag…' : 'Change…'}
        </Button>
      }
    >
      {key === undefined ? <p>It gets the events of everybody.</p> : <Gate flag={key} />}
      {isEditing ? (
        <RolloutDialog id={id} before={destination} flags={flags.map((flag) => flag.id)} onClose={() => setIsEditing(false)} />
      ) : null}
    </Panel>
  );
}

function Gate({ flag: key }: { readonly flag: string }) {
  const flag = useDocument('flag', key)?.value ?? null;
  const trouble =
    flag === null
      ? 'there is no such flag'
      : flag.state === 'DISABLED'
        ? 'it is disabled'
        : isBoolean(flag)
          ? null
          : 'it is not true or false';
  return (
    <div className={classes.stack}>
      {trouble !== null || flag === null ? (
        <Callout state="degraded" title={`It gets nothing: the flag ${key} decides, and ${trouble}`}>
          Events that come meanwhile are kept back here. They stay in the log, and a replay gives them later.
        </Callout>
      ) : (
        <Audience flag={flag} />
      )}
      <a href={href('/controls/flags', { inspect: key })}>
        Flag <code>{key}</code>
      </a>
    </div>
  );
}

function RolloutDialog({
  id,
  before,
  flags,
  onClose,
}: {
  readonly id: string;
  readonly before: Destination;
  readonly flags: readonly string[];
  readonly onClose: () => void;
}) {
  return (
    <EditDialog id={id} before={before} title={`Rollout of ${before.name}`} onClose={onClose}>
      {({ draft: { rollout }, problems, onChange }) => (
        <Select
          label="It gets the events for which"
          description="For events that come from now on. What a flag keeps back stays in the log, and can be replayed."
          data={[
            { value: everybody, label: 'nothing is asked: everybody' },
            ...flags.map((flag) => ({ value: flag, label: `the flag ${flag} is true` })),
          ]}
          value={rollout?.flag ?? everybody}
          error={problems.get('rollout.flag')}
          allowDeselect={false}
          data-autofocus
          onChange={(flag) => onChange({ rollout: flag === null || flag === everybody ? undefined : { flag } })}
        />
      )}
    </EditDialog>
  );
}
