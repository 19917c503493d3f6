import { Select, TextInput } from '@mantine/core';
import { IconArrowsSort, IconSearch } from '@tabler/icons-react';
import { memo, type ReactNode, useEffect, useRef } from 'react';
import { useDocuments } from '#renderer/client/documents.ts';
import { setQuery } from '#renderer/frame/router.ts';
import { registerShortcuts } from '#renderer/frame/shortcuts.ts';
import { Button } from '#renderer/ui/button.tsx';
import { type MarkState, stateLooks } from '#renderer/ui/state.ts';
import { StatusMark } from '#renderer/ui/status-mark.tsx';
import classes from './board-filter.module.css';
import type { Filter, Grouping } from './order.ts';
import type { BoardModel } from './use-board.ts';

const chipOrder: readonly MarkState[] = ['failing', 'held', 'degraded', 'dropping', 'parked', 'healthy', 'none', 'off'];

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)].sort((a, b) => a.localeCompare(b));
}

/** States as chips with their counts, a text, owner, tag and grouping. All of it lives in the address. */
export function BoardFilter({ board }: { readonly board: BoardModel }) {
  const { filter, grouping } = board;
  return (
    <div className={classes.bar}>
      <StateChips board={board} />
      <div className={classes.end}>
        {board.isOrderOld ? (
          <Button
            look="quiet"
            size="small"
            icon={<IconArrowsSort size={14} />}
            onClick={board.sortNow}
            title="Values moved past this order. It sorts itself after ten still seconds"
          >
            Sort now
          </Button>
        ) : null}
        <Find text={filter.text} />
        <Choices owner={filter.owner} tag={filter.tag} grouping={grouping} />
      </div>
    </div>
  );
}

function StateChips({ board }: { readonly board: BoardModel }) {
  const { counts, filter, items } = board;
  return (
    <fieldset className={classes.chips}>
      <legend className="visually-hidden">Show only a state</legend>
      <Chip isOn={filter.state === null} onClick={() => setQuery({ state: '' })}>
        All <span className={classes.count}>{items.size}</span>
      </Chip>
      {chipOrder
        .filter((state) => (counts.get(state) ?? 0) > 0 || filter.state === state)
        .map((state) => (
          <Chip key={state} isOn={filter.state === state} onClick={() => setQuery({ state: filter.state === state ? '' : state })}>
            <StatusMark state={state} size={10} /> {stateLooks[state].word} <span className={classes.count}>{counts.get(state) ?? 0}</span>
          </Chip>
        ))}
    </fieldset>
  );
}

function Chip({ isOn, onClick, children }: { readonly isOn: boolean; readonly onClick: () => void; readonly children: ReactNode }) {
  return (
    <button type="button" className={classes.chip} aria-pressed={isOn} onClick={onClick}>
      {children}
    </button>
  );
}

const Find = memo(function Find({ text }: { readonly text: string }) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(
    () =>
      registerShortcuts([
        { id: 'board find', title: 'Find on the board', group: 'Destinations', keys: '/', run: () => input.current?.focus() },
      ]),
    [],
  );
  return (
    <TextInput
      ref={input}
      aria-label="Find on the board"
      placeholder="Find  /"
      className={classes.find ?? ''}
      leftSection={<IconSearch size={14} stroke={1.6} />}
      value={text}
      onChange={(event) => setQuery({ find: event.currentTarget.value })}
      onKeyDown={(event) => {
        if (event.key === 'Escape') setQuery({ find: '' });
      }}
    />
  );
});

const groupChoices = [
  { value: 'none', label: 'No groups' },
  { value: 'state', label: 'By state' },
  { value: 'owner', label: 'By owner' },
  { value: 'tag', label: 'By tag' },
];

/** Follows documents, not ticks: selects are too heavy to draw every second. */
const Choices = memo(function Choices({ owner, tag, grouping }: Pick<Filter, 'owner' | 'tag'> & { readonly grouping: Grouping }) {
  const documents = useDocuments('destination');
  const owners = unique(documents.flatMap(({ value }) => value?.owner ?? []));
  const tags = unique(documents.flatMap(({ value }) => value?.tags ?? []));
  return (
    <>
      {owners.length === 0 ? null : (
        <Select
          aria-label="With whom"
          placeholder="With anybody"
          clearable
          className={classes.select ?? ''}
          data={[{ value: '-', label: 'Nobody' }, ...owners.map((each) => ({ value: each, label: each }))]}
          value={owner === null ? null : owner || '-'}
          onChange={(value) => setQuery({ owner: value ?? '' })}
        />
      )}
      {tags.length === 0 ? null : (
        <Select
          aria-label="Tag"
          placeholder="Any tag"
          clearable
          className={classes.select ?? ''}
          data={[...tags]}
          value={tag}
          onChange={(value) => setQuery({ tag: value ?? '' })}
        />
      )}
      <Select
        aria-label="Group by"
        className={classes.select ?? ''}
        allowDeselect={false}
        data={groupChoices}
        value={grouping}
        onChange={(value) => setQuery({ group: value === 'none' ? '' : (value ?? '') })}
      />
    </>
  );
});
