import { TextInput } from '@mantine/core';
import { IconPlus, IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import type { PlanMode } from '#contract/documents/plan.ts';
import type { OutputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import { IconButton } from '#renderer/ui/button.tsx';
import { Num } from '#renderer/ui/num.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import { approximate } from '#renderer/ui/quantity.ts';
import shared from '#renderer/ui/shared.module.css';
import { StatusMark } from '#renderer/ui/status-mark.tsx';
import { Tag } from '#renderer/ui/tag.tsx';
import { type EventDraft, modeWords } from './draft.ts';
import classes from './plans.module.css';

export type Violated = OutputOf<Operations['plan.violations']>['violations'][number];

/** More than these are found by typing. */
const fewEvents = 12;

interface Props {
  readonly events: readonly EventDraft[];
  readonly mode: PlanMode;
  readonly current: string | null;
  readonly problems: ReadonlyMap<string, string>;
  readonly violations: readonly Violated[];
  readonly onChoose: (key: string) => void;
  readonly onAdd: (name: string) => void;
}

/** The events that a plan names, each with how often it was broken and what keeps it from being saved. */
export function EventList({ events, mode, current, problems, violations, onChoose, onAdd }: Props) {
  const [find, setFind] = useState('');
  const brokenBy = (name: string) => violations.filter(({ event }) => event === name).reduce((sum, each) => sum + each.events, 0);
  const shown = events.filter(({ key, name }) => key === current || name.toLowerCase().includes(find.trim().toLowerCase()));
  return (
    <Panel
      title={`Events · ${events.length}`}
      actions={<IconButton size="small" label="Add an event" icon={<IconPlus size={14} />} onClick={() => onAdd(find.trim())} />}
      isFlush
    >
      {events.length <= fewEvents ? null : (
        <div className={classes.find}>
          <TextInput
            aria-label="Find an event"
            placeholder="Find an event"
            leftSection={<IconSearch size={14} stroke={1.6} />}
            value={find}
            onChange={(change) => setFind(change.currentTarget.value)}
          />
        </div>
      )}
      <ul className={classes.events} aria-label="Events of the plan">
        {shown.map((event) => {
          const broken = brokenBy(event.name);
          const problem = problems.get(event.key);
          return (
            <li key={event.key}>
              <button type="button" className={classes.event} aria-pressed={event.key === current} onClick={() => onChoose(event.key)}>
                <span className={shared.cut} title={event.name}>
                  {event.name === '' ? <span className={shared.quiet}>without a name</span> : event.name}
                </span>
                {event.mode !== null && event.mode !== mode ? <Tag>{modeWords[event.mode].title.toLowerCase()}</Tag> : null}
                {problem === undefined ? null : <StatusMark state="failing" size={10} label={problem} />}
                {broken === 0 ? null : (
                  <span className={classes.brokenCount} title={`${broken.toLocaleString('en-US')} broke it`}>
                    <Num of={approximate(broken)} />
                    <span className="visually-hidden"> broke it</span>
                  </span>
                )}
              </button>
            </li>
          );
        })}
      </ul>
      {shown.length === 0 && events.length > 0 ? <p className={classes.hint}>No event is called that.</p> : null}
    </Panel>
  );
}
