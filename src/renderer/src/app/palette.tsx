import { createSpotlight, Spotlight } from '@mantine/spotlight';
import { IconSearch } from '@tabler/icons-react';
import { useLayoutEffect, useState } from 'react';
import { type PaletteEntry, paletteStore } from '#renderer/frame/palette.ts';
import { KeyHints, Keys } from '#renderer/ui/keys.tsx';
import classes from './palette.module.css';
import { rank } from './palette-match.ts';

const [store, palette] = createSpotlight();

export function openPalette(): void {
  palette.open();
}

const groupOrder: readonly PaletteEntry['group'][] = ['Destinations', 'Go to', 'Acts', 'Questions', 'View'];
const most = 40;
const hints = [
  { keys: '↑ ↓', does: 'choose' },
  { keys: 'enter', does: 'go' },
  { keys: 'esc', does: 'close' },
] as const;

function gather(): readonly PaletteEntry[] {
  return paletteStore.getState().sources.flatMap((source) => source());
}

function grouped(
  entries: readonly PaletteEntry[],
  isTyped: boolean,
): readonly { readonly group: string; readonly entries: readonly PaletteEntry[] }[] {
  // What was typed decides the order: the group of the best match comes first.
  const order = isTyped ? [...new Set(entries.map((entry) => entry.group))] : groupOrder;
  return order
    .map((group) => ({ group, entries: entries.filter((entry) => entry.group === group) }))
    .filter((each) => each.entries.length > 0);
}

/** What the list calls selected is an attribute that Spotlight sets by hand; this does the same, once the list is drawn. */
function selectFirst(): void {
  const list = document.getElementById(store.getState().listId);
  if (list === null) return;
  list.querySelector('[data-selected]')?.removeAttribute('data-selected');
  list.querySelector('[data-action]')?.setAttribute('data-selected', 'true');
  store.updateState((state) => ({ ...state, selected: 0 }));
}

/** Every place, destination and operation, by typing. Acts that could lose events still ask in their own dialog. */
export function Palette() {
  const [query, setQuery] = useState('');
  const [entries, setEntries] = useState<readonly PaletteEntry[]>([]);
  const perGroup = query.trim() === '' ? limitEach(entries, 6) : entries;
  const asked = paletteStore.getState().asks.flatMap((ask) => ask(query) ?? []);
  const found = [...rank(perGroup, query, most), ...asked];
  const foundIds = found.map((entry) => entry.id).join('\n');
  // Spotlight selects before React has drawn the new list, so that Enter could run what stood there before.
  // biome-ignore lint/correctness/useExhaustiveDependencies: each list starts at its first entry
  useLayoutEffect(selectFirst, [foundIds]);
  return (
    <Spotlight.Root
      store={store}
      query={query}
      onQueryChange={setQuery}
      onSpotlightOpen={() => setEntries(gather())}
      shortcut={null}
      attributes={{ content: { 'aria-label': 'Find anything' } }}
      scrollable
      maxHeight="min(480px, 60vh)"
      size={600}
      yOffset="12vh"
      lockScroll={false}
      transitionProps={{ duration: 0 }}
      overlayProps={{ className: classes.scrim ?? '' }}
      classNames={{
        content: classes.content ?? '',
        search: classes.search ?? '',
        action: classes.action ?? '',
        actionsGroup: classes.group ?? '',
        empty: classes.empty ?? '',
      }}
    >
      {/* At once: letters typed right after the shortcut would go to the page. */}
      <Spotlight.Search
        autoFocus
        placeholder="Find a destination, an act, an answer…"
        leftSection={<IconSearch size={16} stroke={1.6} />}
      />
      <Spotlight.ActionsList>
        {grouped(found, query.trim() !== '').map((each) => (
          <Spotlight.ActionsGroup key={each.group} label={each.group}>
            {each.entries.map((entry) => (
              <Spotlight.Action key={entry.id} onClick={entry.run}>
                <span className={classes.icon}>{entry.icon}</span>
                <span className={classes.title}>{entry.title}</span>
                <span className={classes.note}>{entry.note}</span>
                {entry.keys === undefined ? null : <Keys keys={entry.keys} />}
              </Spotlight.Action>
            ))}
          </Spotlight.ActionsGroup>
        ))}
        {found.length === 0 ? <Spotlight.Empty>Nothing is called that.</Spotlight.Empty> : null}
      </Spotlight.ActionsList>
      <Spotlight.Footer className={classes.foot ?? ''}>
        <KeyHints hints={hints} />
      </Spotlight.Footer>
    </Spotlight.Root>
  );
}

function limitEach(entries: readonly PaletteEntry[], limit: number): readonly PaletteEntry[] {
  const seen = new Map<string, number>();
  return entries.filter((entry) => {
    const count = (seen.get(entry.group) ?? 0) + 1;
    seen.set(entry.group, count);
    return count <= limit;
  });
}
