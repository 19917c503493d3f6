import { useStore } from 'zustand';
import { documentStore } from '#renderer/client/documents.ts';
import { Num } from '#renderer/ui/num.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import { exact } from '#renderer/ui/quantity.ts';
import { Segmented } from '#renderer/ui/segmented.tsx';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import { type Choice, choiceOf, everything, type Group, type Grouping, keyOf, violationText } from './choice.ts';
import classes from './quarantine.module.css';

const options = [
  { value: 'event', label: 'Event' },
  { value: 'plan', label: 'Plan' },
  { value: 'violation', label: 'Violation' },
] as const;

interface Props {
  readonly by: Grouping;
  readonly groups: readonly Group[];
  readonly held: number;
  readonly choice: Choice;
  readonly onBy: (by: Grouping) => void;
  readonly onChoose: (choice: Choice) => void;
}

/** What is held, counted; the largest first. A bar says how much of all it is. */
export function HeldGroups({ by, groups, held, choice, onBy, onChoose }: Props) {
  const sources = useStore(documentStore, (state) => state.byKind.source);
  const chosen = keyOf(choice);
  return (
    <Panel title="Held" actions={<Segmented label="Group by" value={by} options={options} onChange={onBy} />} isFlush>
      <ul className={classes.groups} aria-label={`Held events by ${by}`}>
        <GroupRow
          title="Everything held"
          detail=""
          events={held}
          share={0}
          isChosen={chosen === '{}'}
          onClick={() => onChoose(everything)}
        />
        {groups.map((group) => (
          <GroupRow
            key={keyOf(group)}
            {...wordsOf(group, (id) => sources.get(id)?.value?.name ?? id)}
            oldestAt={group.oldestAt}
            events={group.events}
            share={held === 0 ? 0 : group.events / held}
            isChosen={chosen === keyOf(group)}
            onClick={() => onChoose(choiceOf(group))}
          />
        ))}
      </ul>
      {by === 'violation' ? <p className={classes.hint}>An event that breaks its plan in several ways is counted in each.</p> : null}
      {groups.length >= 200 ? <p className={classes.hint}>The 200 largest groups are shown.</p> : null}
    </Panel>
  );
}

function wordsOf({ source, event, plan, violation }: Group, sourceName: (id: string) => string) {
  if (violation !== undefined) return { title: violationText(violation), detail: '', isCode: true };
  if (plan !== undefined) return { title: plan, detail: 'tracking plan' };
  return { title: event === undefined || event === '' ? 'without a name' : event, detail: sourceName(source ?? '') };
}

function GroupRow({
  title,
  detail,
  isCode = false,
  events,
  share,
  oldestAt,
  isChosen,
  onClick,
}: {
  readonly title: string;
  readonly detail: string;
  readonly isCode?: boolean;
  readonly events: number;
  readonly share: number;
  readonly oldestAt?: number;
  readonly isChosen: boolean;
  readonly onClick: () => void;
}) {
  return (
    <li>
      <button type="button" className={classes.group} aria-pressed={isChosen} onClick={onClick}>
        <span className={classes.share} style={{ width: `${Math.round(share * 100)}%` }} aria-hidden="true" />
        <span className={isCode ? classes.code : classes.name} title={title}>
          {title}
        </span>
        <Num of={exact(events)} />
        <span className={classes.quiet}>{detail}</span>
        {oldestAt === undefined ? null : (
          <span className={classes.quiet}>
            <TimeAgo at={oldestAt} style="rough" />
            <span className="visually-hidden"> the oldest</span>
          </span>
        )}
      </button>
    </li>
  );
}
