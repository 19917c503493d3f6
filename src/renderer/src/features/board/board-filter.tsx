import { Select, TextInput } from '@mantine/core';
import { IconArrowsSort, IconSearch } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { setQuery } from '#renderer/frame/router.ts';
import { registerShortcuts } from '#renderer/frame/shortcuts.ts';
import { Button } from '#renderer/ui/button.tsx';
import { type MarkState, stateLooks } from '#renderer/ui/state.ts';
import { StatusMark } from '#renderer/ui/status-mark.tsx';
import classes from './board-filter.module.css';
import type { BoardModel } from './use-board.ts';

const chipOrder: readonly MarkState[] = ['failing', 'held', 'degraded', 'dropping', 'parked', 'healthy', 'none', 'off'];

function unique(values: Iterable<string>): readonly string[] {
  return [...new Set(values)].sort((a, b) => a.localeCompare(b));
}

/** States as chips with their counts, a text, owner, tag and grouping. All of it lives in the address. */
export function BoardFilter({ board }: { readonly board: BoardModel }) {
  const find = useRef<HTMLInputElement>(null);
  useEffect(
    () =>
      registerShortcuts([
        { id: 'board find', title: 'Find on the board', group: 'Destinations', keys: '/', run: () => find.current?.focus() },
      ]),
    [],
  );
  const owners = unique([...board.items.values()].flatMap((item) => (item.owner === null ? [] : [item.owner])));
  const tags = unique([...board.items.values()].flatMap((item) => item.tags));
  return (
    <div className={classes.bar}>
      <fieldset className={classes.chips}>
        <legend className="visually-hidden">Show only a state</legend>
        <Chip isOn={board.filter.state === null} onClick={() => setQuery({ state: '' })}>
          All <span className={classes.count}>{board.items.size}</span>
        </Chip>
        {chipOrder
          .filter((state) => (board.counts.get(state) ?? 0) > 0 || board.filter.state === state)
          .map((state) => (
            <Chip
              key={state}
              isOn={board.filter.state === state}
              onClick={() => setQuery({ state: board.filter.state === state ? '' : state })}
            >
              <StatusMark state={state} size={10} /> {stateLooks[state].word}{' '}
              <span className={classes.count}>{board.counts.get(state) ?? 0}</span>
            </Chip>
          ))}
      </fieldset>
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
        <TextInput
          ref={find}
          aria-label="Find on the board"
          placeholder="Find  /"
          className={classes.find ?? ''}
          leftSection={<IconSearch size={14} stroke={1.6} />}
          value={board.filter.text}
          onChange={(event) => setQuery({ find: event.currentTarget.value })}
          onKeyDown={(event) => {
            if (event.key === 'Escape') setQuery({ find: '' });
          }}
        />
        {owners.length === 0 ? null : (
          <Select
            aria-label="With whom"
            placeholder="With anybody"
            clearable
            className={classes.select ?? ''}
            data={[{ value: '-', label: 'Nobody' }, ...owners.map((owner) => ({ value: owner, label: owner }))]}
            value={board.filter.owner === null ? null : board.filter.owner || '-'}
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
            value={board.filter.tag}
            onChange={(value) => setQuery({ tag: value ?? '' })}
          />
        )}
        <Select
          aria-label="Group by"
          className={classes.select ?? ''}
          allowDeselect={false}
          data={[
            { value: 'none', label: 'No groups' },
            { value: 'state', label: 'By state' },
            { value: 'owner', label: 'By owner' },
            { value: 'tag', label: 'By tag' },
          ]}
          value={board.grouping}
          onChange={(value) => setQuery({ group: value === 'none' ? '' : (value ?? '') })}
        />
      </div>
    </div>
  );
}

function Chip({ isOn, onClick, children }: { readonly isOn: boolean; readonly onClick: () => void; readonly children: React.ReactNode }) {
  return (
    <button type="button" className={classes.chip} aria-pressed={isOn} onClick={onClick}>
      {children}
    </button>
  );
}
