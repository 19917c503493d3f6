import type { LetterFilter } from '#contract/documents/replay.ts';
import { Num } from '#renderer/ui/num.tsx';
import { exact } from '#renderer/ui/quantity.ts';
import classes from './recovery.module.css';
import { classWord } from './words.ts';

interface Counts {
  readonly classes: readonly { readonly class: string; readonly events: number }[];
  readonly names: readonly { readonly name: string; readonly events: number }[];
}

/** More than these stay behind a search. */
const mostShown = 8;

/** What those that fit have in common, counted; a press narrows to it, another takes it back. */
export function Facets({
  facets,
  filter,
  onFilter,
}: {
  readonly facets: Counts;
  readonly filter: LetterFilter;
  readonly onFilter: (filter: LetterFilter) => void;
}) {
  const { class: why, name, ...rest } = filter;
  // What narrows stays in sight even where nothing fits it any more: there must be a way back.
  const shownClasses = withChosen(
    facets.classes.slice(0, mostShown),
    why,
    (each) => each.class,
    (chosen) => ({ class: chosen, events: 0 }),
  );
  const shownNames = withChosen(
    facets.names.slice(0, mostShown),
    name,
    (each) => each.name,
    (chosen) => ({ name: chosen, events: 0 }),
  );
  const named = name === undefined ? {} : { name };
  const classed = why === undefined ? {} : { class: why };
  return (
    <div className={classes.facets}>
      <fieldset className={classes.facet}>
        <legend>Why</legend>
        {shownClasses.map((each) => (
          <Chip
            key={each.class}
            label={classWord(each.class)}
            events={each.events}
            isOn={each.class === why}
            onClick={() => onFilter(each.class === why ? { ...rest, ...named } : { ...rest, ...named, class: each.class })}
          />
        ))}
      </fieldset>
      <fieldset className={classes.facet}>
        <legend>Event</legend>
        {shownNames.map((each) => (
          <Chip
            key={each.name}
            label={each.name}
            events={each.events}
            isOn={each.name === name}
            onClick={() => onFilter(each.name === name ? { ...rest, ...classed } : { ...rest, ...classed, name: each.name })}
          />
        ))}
      </fieldset>
    </div>
  );
}

function withChosen<T>(
  shown: readonly T[],
  chosen: string | undefined,
  keyOf: (each: T) => string,
  make: (chosen: string) => T,
): readonly T[] {
  return chosen === undefined || shown.some((each) => keyOf(each) === chosen) ? shown : [make(chosen), ...shown];
}

function Chip({
  label,
  events,
  isOn,
  onClick,
}: {
  readonly label: string;
  readonly events: number;
  readonly isOn: boolean;
  readonly onClick: () => void;
}) {
  return (
    <button type="button" className={classes.chip} aria-pressed={isOn} onClick={onClick}>
      <span className={classes.chipName}>{label}</span>
      <Num of={exact(events)} />
    </button>
  );
}
