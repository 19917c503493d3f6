import { NumberInput } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import { useId, useState } from 'react';
import { type BlastTotals, type ChoiceId, choiceIds, countsOf, isReleasing } from '#renderer/frame/blast.ts';
import { Num } from '#renderer/ui/num.tsx';
import { duration, toText } from '#renderer/ui/quantity.ts';
import { Segmented } from '#renderer/ui/segmented.tsx';
import classes from './dialogs.module.css';
import { choiceWords, countWords } from './open-words.ts';

const ages = [
  { value: '300000', label: '5 m' },
  { value: '900000', label: '15 m' },
  { value: '3600000', label: '1 h' },
  { value: '21600000', label: '6 h' },
  { value: '86400000', label: '24 h' },
] as const;
const paces = [
  { value: 'full', label: 'As fast as it takes' },
  { value: '10', label: '10/s' },
  { value: '100', label: '100/s' },
  { value: '1000', label: '1 k/s' },
  { value: 'own', label: 'Own…' },
] as const;

interface Props {
  readonly totals: BlastTotals;
  readonly choice: ChoiceId | null;
  readonly newerMs: number;
  readonly pace: number | null;
  readonly onChange: (values: { readonly choice?: ChoiceId; readonly newerMs?: number; readonly pace?: number | null }) => void;
}

/** The four ways of opening, each with what it sends, keeps or loses and how long it takes. */
export function OpenChoices({ totals, choice, newerMs, pace, onChange }: Props) {
  const name = useId();
  return (
    <>
      <fieldset className={classes.choices}>
        <legend className="visually-hidden">What to do with the backlog</legend>
        {choiceIds.map((id) => {
          const counts = countsOf(id, totals);
          return (
            <label key={id} className={classes.choice}>
              <input type="radio" name={name} value={id} checked={id === choice} onChange={() => onChange({ choice: id })} />
              <span>
                <span className={classes.choiceTitle}>{choiceWords[id].title}</span>
                <span className={classes.choiceText}>
                  <br />
                  {choiceWords[id].text}
                </span>
              </span>
              <span className={classes.choiceCount}>
                {countWords(id, counts)}
                <br />
                <span className={classes.choiceNote}>
                  {isReleasing(id) && counts.sends > 0 ? <Eta etaMs={counts.etaMs} isAtMost={counts.isSendsAtMost} /> : 'at once'}
                </span>
              </span>
            </label>
          );
        })}
      </fieldset>
      {choice !== null && isReleasing(choice) ? (
        <div className={classes.more}>
          {choice === 'newer' ? (
            <div className={classes.field}>
              <span className={classes.label}>Newer than</span>
              <Segmented
                label="Newer than"
                value={String(newerMs)}
                options={ages}
                onChange={(value) => onChange({ newerMs: Number(value) })}
              />
            </div>
          ) : null}
          <Pace pace={pace} onChange={(value) => onChange({ pace: value })} />
        </div>
      ) : null}
    </>
  );
}

function Eta({ etaMs, isAtMost }: { readonly etaMs: number | null; readonly isAtMost: boolean }) {
  if (etaMs === null)
    return (
      <span title="The backlog grows faster than this pace drains it, or the destination has not shown its speed yet">time unknown</span>
    );
  return (
    <>
      in {isAtMost ? 'at most' : 'about'} <Num of={duration(etaMs)} title={toText(duration(etaMs))} />
    </>
  );
}

function Pace({ pace, onChange }: { readonly pace: number | null; readonly onChange: (pace: number | null) => void }) {
  const [kind, setKind] = useState(paces.find((each) => each.value === String(pace))?.value ?? (pace === null ? 'full' : 'own'));
  return (
    <>
      <div className={classes.field}>
        <span className={classes.label}>Pace</span>
        <Segmented
          label="Pace"
          value={kind}
          options={paces}
          onChange={(value) => {
            setKind(value);
            if (value !== 'own') onChange(value === 'full' ? null : Number(value));
          }}
        />
      </div>
      {kind === 'own' ? (
        <NumberInput
          className={classes.number ?? ''}
          aria-label="Events a second"
          value={pace ?? ''}
          min={1}
          max={1_000_000}
          suffix=" /s"
          placeholder="events/s"
          hideControls
          onChange={(value) => onChange(typeof value === 'number' && value > 0 ? value : null)}
        />
      ) : null}
    </>
  );
}

/** What to know before acting. */
export function Warnings({ warnings }: { readonly warnings: readonly string[] }) {
  if (warnings.length === 0) return null;
  return (
    <ul className={classes.warnings}>
      {warnings.map((warning) => (
        <li key={warning}>
          <IconInfoCircle size={14} aria-hidden="true" />
          <span>{warning}</span>
        </li>
      ))}
    </ul>
  );
}
