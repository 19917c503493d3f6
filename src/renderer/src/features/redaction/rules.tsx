import { MultiSelect, NumberInput, Select, TextInput } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react';
import { useDocuments } from '#renderer/client/documents.ts';
import { Button, IconButton } from '#renderer/ui/button.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import { Segmented } from '#renderer/ui/segmented.tsx';
import shared from '#renderer/ui/shared.module.css';
import { Tag } from '#renderer/ui/tag.tsx';
import {
  actions,
  actionWords,
  knownPatterns,
  moved,
  newRule,
  patternWords,
  type RedactionDraft,
  type RuleDraft,
  usesKeep,
} from './draft.ts';
import classes from './redaction.module.css';

interface Props {
  readonly draft: RedactionDraft;
  /** By dotted path as the gateway writes it. */
  readonly problems: ReadonlyMap<string, string>;
  /** Ids of the rules that changed the event in the test box; null while that is not known. */
  readonly changed: ReadonlySet<string> | null;
  readonly onChange: (values: Partial<RedactionDraft>) => void;
}

/** Whom the rules are for, and the rules, one a row, in the order in which they are applied. */
export function Rules({ draft, problems, changed, onChange }: Props) {
  const sources = useDocuments('source');
  const { rules } = draft;
  const change = (index: number, values: Partial<RuleDraft>) =>
    onChange({ rules: rules.map((rule, at) => (at === index ? { ...rule, ...values } : rule)) });
  return (
    <Panel title="Rules" note="applied from the top, before an event is written anywhere; ids of people are only ever hashed whole">
      <div className={shared.stack}>
        <div className={shared.two}>
          <TextInput
            label="Name"
            value={draft.name}
            maxLength={100}
            error={problems.get('name')}
            onChange={(event) => onChange({ name: event.currentTarget.value })}
          />
          <MultiSelect
            label="Sources"
            description={draft.sources.length === 0 ? 'none chosen: all' : ''}
            data={sources.map(({ id, value }) => ({ value: id, label: value?.name ?? id }))}
            value={[...draft.sources]}
            onChange={(next) => onChange({ sources: next })}
          />
        </div>
        <ol className={classes.rules} aria-label="Rules">
          {rules.map((rule, index) => (
            <RuleRow
              key={rule.key}
              rule={rule}
              index={index}
              isLast={index === rules.length - 1}
              problems={problems}
              isChanging={changed?.has(rule.id) ?? false}
              onChange={(values) => change(index, values)}
              onMove={(by) => onChange({ rules: moved(rules, index, by) })}
              onRemove={() => onChange({ rules: rules.toSpliced(index, 1) })}
            />
          ))}
        </ol>
        {rules.length === 0 ? (
          <p className={classes.problem}>There must be a rule at least. To do without, remove them as a whole.</p>
        ) : null}
        <div>
          <Button size="small" icon={<IconPlus size={14} />} onClick={() => onChange({ rules: [...rules, newRule(rules)] })}>
            Add a rule
          </Button>
        </div>
      </div>
    </Panel>
  );
}

interface RowProps {
  readonly rule: RuleDraft;
  readonly index: number;
  readonly isLast: boolean;
  readonly problems: ReadonlyMap<string, string>;
  readonly isChanging: boolean;
  readonly onChange: (values: Partial<RuleDraft>) => void;
  readonly onMove: (by: -1 | 1) => void;
  readonly onRemove: () => void;
}

function RuleRow({ rule, index, isLast, problems, isChanging, onChange, onMove, onRemove }: RowProps) {
  const at = `rules.${index}`;
  const name = `rule ${index + 1}`;
  return (
    <li className={classes.rule} aria-label={`Rule ${rule.id}`}>
      <span className={classes.order}>
        <IconButton
          size="small"
          label={`Move ${name} up`}
          icon={<IconArrowUp size={14} />}
          disabled={index === 0}
          onClick={() => onMove(-1)}
        />
        <IconButton
          size="small"
          label={`Move ${name} down`}
          icon={<IconArrowDown size={14} />}
          disabled={isLast}
          onClick={() => onMove(1)}
        />
      </span>
      <TextInput
        className={classes.id ?? ''}
        aria-label={`Id of ${name}`}
        value={rule.id}
        error={problems.get(`${at}.id`)}
        spellCheck={false}
        onChange={(event) => onChange({ id: event.currentTarget.value })}
      />
      <Segmented
        label={`What ${name} goes by`}
        value={rule.by}
        options={[
          { value: 'path', label: 'Field', title: 'A field by its path' },
          { value: 'pattern', label: 'Pattern', title: 'Anything of this kind in any text' },
        ]}
        onChange={(by) => onChange({ by })}
      />
      {rule.by === 'path' ? (
        <TextInput
          className={classes.mono ?? ''}
          aria-label={`Path of ${name}`}
          placeholder="$.traits.phone"
          value={rule.path}
          error={problems.get(`${at}.match.path`)}
          spellCheck={false}
          onChange={(event) => onChange({ path: event.currentTarget.value })}
        />
      ) : (
        <Select
          aria-label={`Pattern of ${name}`}
          data={knownPatterns.map((pattern) => ({ value: pattern, label: `${patternWords[pattern]}, in any text` }))}
          value={rule.pattern}
          allowDeselect={false}
          onChange={(value) => onChange({ pattern: knownPatterns.find((pattern) => pattern === value) ?? rule.pattern })}
        />
      )}
      <Select
        aria-label={`What ${name} does`}
        data={actions.map((action) => ({ value: action, label: actionWords[action].title }))}
        value={rule.action}
        allowDeselect={false}
        onChange={(value) => onChange({ action: actions.find((action) => action === value) ?? rule.action })}
      />
      <span className={classes.means}>
        {actionWords[rule.action].meaning}
        {usesKeep(rule.action) ? (
          <>
            <NumberInput
              className={classes.keep ?? ''}
              aria-label={`Characters that ${name} keeps`}
              value={rule.keep}
              min={0}
              max={1000}
              hideControls
              onChange={(value) => {
                if (typeof value === 'number') onChange({ keep: Math.round(value) });
              }}
            />
            characters
          </>
        ) : null}
      </span>
      <span className={classes.end}>
        {isChanging ? <Tag look="accent">changes it</Tag> : null}
        <IconButton size="small" label={`Take ${name} away`} icon={<IconTrash size={14} stroke={1.6} />} onClick={onRemove} />
      </span>
    </li>
  );
}
