import { IconAlertOctagon, IconPlayerPause, IconPlayerPlay, IconTerminal2, IconZoomQuestion } from '@tabler/icons-react';
import { operations } from '#contract/operations/index.ts';
import { documentStore } from '#renderer/client/documents.ts';
import { flagEntries } from '#renderer/features/flags/palette.tsx';
import { parkScope } from '#renderer/frame/acting.tsx';
import { requestOverlay } from '#renderer/frame/overlays.ts';
import { type PaletteEntry, registerAsk, registerPalette } from '#renderer/frame/palette.ts';
import { navigate } from '#renderer/frame/router.ts';
import { registerShortcuts, type Shortcut } from '#renderer/frame/shortcuts.ts';
import { setTimeRange, timeRanges } from '#renderer/frame/time-range.ts';
import { telemetryStore } from '#renderer/streams/telemetry.ts';
import { stateLooks } from '#renderer/ui/state.ts';
import { StatusMark } from '#renderer/ui/status-mark.tsx';
import { doors } from './doors.ts';
import { openOperation } from './operation-dialog.tsx';
import { openPalette } from './palette.tsx';
import { views } from './views.ts';

/** Operations that the palette offers in its own words, or that only follow another. */
const hasOwnDoor: ReadonlySet<string> = new Set([
  'switch.proof',
  'event.where',
  'audit.note',
  'command.outcome',
  'operation.list',
  'gateway.key',
]);

function places(): readonly PaletteEntry[] {
  const places = views.map(
    (view): PaletteEntry => ({
      id: `go ${view.id}`,
      group: 'Go to',
      title: view.title,
      icon: <view.icon size={16} stroke={1.6} />,
      keys: view.keys,
      run: () => navigate(`/${view.id}`),
    }),
  );
  // After the places, so that those stand first while nothing is typed.
  const pages = views.flatMap((view) =>
    (view.pages ?? [])
      .filter(({ id }) => id !== '')
      .map(
        (page): PaletteEntry => ({
          id: `go ${view.id} ${page.id}`,
          group: 'Go to',
          title: page.title,
          note: view.title,
          keywords: page.keywords ?? '',
          icon: <view.icon size={16} stroke={1.6} />,
          ...(page.keys === undefined ? {} : { keys: page.keys }),
          run: () => navigate(`/${view.id}/${page.id}`),
        }),
      ),
  );
  return [...places, ...pages];
}

/** What was typed may be a message id: long, without a space, and with a digit in it. */
function findEvent(typed: string): PaletteEntry | null {
  const text = typed.trim();
  if (text.length < 8 || text.length > 200 || /\s/.test(text) || !/\d/.test(text)) return null;
  return {
    id: 'where typed',
    group: 'Questions',
    title: 'Where did this event go?',
    note: text.length > 40 ? `${text.slice(0, 24)}…${text.slice(-12)}` : text,
    icon: <IconZoomQuestion size={16} stroke={1.6} />,
    run: () => requestOverlay({ type: 'where', messageId: text }),
  };
}

function destinations(): readonly PaletteEntry[] {
  const live = telemetryStore.getState().destinations;
  const rankOf = (id: string) => stateLooks[live.get(id)?.state ?? 'none'].rank;
  // What a person should look at first stands first.
  const documents = [...documentStore.getState().byKind.destination.values()].sort((a, b) => rankOf(a.id) - rankOf(b.id));
  return documents.flatMap((document): PaletteEntry[] => {
    const name = document.value?.name ?? document.id;
    const state = live.get(document.id)?.state ?? 'none';
    const scope = { type: 'destination', destination: document.id } as const;
    const isStopped = state === 'parked' || state === 'dropping';
    return [
      {
        id: `destination ${document.id}`,
        group: 'Destinations',
        title: name,
        note: live.get(document.id)?.tick.why ?? '',
        keywords: `${document.id} ${document.value?.connector ?? ''} ${document.value?.tags.join(' ') ?? ''}`,
        icon: <StatusMark state={state} />,
        run: () => navigate(`/destinations/${document.id}`),
      },
      isStopped
        ? {
            id: `open ${document.id}`,
            group: 'Acts',
            title: `Open ${name}…`,
            keywords: `${document.id} flow start resume`,
            icon: <IconPlayerPlay size={16} stroke={1.6} />,
            run: () => requestOverlay({ type: 'open', scope }),
          }
        : {
            id: `park ${document.id}`,
            group: 'Acts',
            title: `Park ${name}`,
            note: 'holds it, loses nothing',
            keywords: `${document.id} kill stop switch`,
            icon: <IconPlayerPause size={16} stroke={1.6} />,
            run: () => void parkScope(scope),
          },
    ];
  });
}

function acts(): readonly PaletteEntry[] {
  const own: readonly PaletteEntry[] = [
    {
      id: 'park everything',
      group: 'Acts',
      title: 'Park everything…',
      keywords: 'kill stop all',
      icon: <IconAlertOctagon size={16} stroke={1.6} />,
      run: () => requestOverlay({ type: 'park-everything' }),
    },
    {
      id: 'where',
      group: 'Questions',
      title: 'Where did my event go?',
      keywords: 'message id trace find event.where',
      icon: <IconZoomQuestion size={16} stroke={1.6} />,
      run: () => requestOverlay({ type: 'where' }),
    },
  ];
  const table = Object.values(operations)
    .filter((operation) => operation.audience === 'view' && !hasOwnDoor.has(operation.name))
    .map(
      (operation): PaletteEntry => ({
        id: operation.name,
        group: operation.kind === 'command' ? 'Acts' : 'Questions',
        title: operation.title,
        note: operation.name,
        keywords: operation.name,
        icon: <IconTerminal2 size={16} stroke={1.6} />,
        run: doors.get(operation.name) ?? (() => openOperation(operation)),
      }),
    );
  return [...own, ...table];
}

function ranges(): readonly PaletteEntry[] {
  return timeRanges.map((range) => ({
    id: `range ${range.id}`,
    group: 'View',
    title: `Show the last ${range.label}`,
    keywords: 'time range span',
    run: () => setTimeRange(range.id),
  }));
}

/** Fills palette and shortcuts with what the whole console can do. */
export function startCommands(): void {
  registerPalette(places);
  registerPalette(destinations);
  registerPalette(flagEntries);
  registerPalette(acts);
  registerPalette(ranges);
  registerAsk(findEvent);
  const own: readonly Shortcut[] = [
    { id: 'palette', title: 'Find anything', group: 'Everywhere', keys: 'mod+k', run: openPalette },
    { id: 'keys', title: 'Show keys', group: 'Everywhere', keys: '?', run: () => requestOverlay({ type: 'keys' }) },
    { id: 'where', title: 'Where did my event go?', group: 'Everywhere', keys: 'g e', run: () => requestOverlay({ type: 'where' }) },
    { id: 'back', title: 'Back', group: 'Everywhere', keys: 'alt+arrowleft', run: () => history.back() },
    { id: 'forward', title: 'Forward', group: 'Everywhere', keys: 'alt+arrowright', run: () => history.forward() },
  ];
  registerShortcuts(own);
  registerShortcuts(
    views.flatMap(({ id, title, keys, pages = [] }) => [
      { id: `go ${id}`, title, group: 'Go to', keys, run: () => navigate(`/${id}`) },
      ...pages.flatMap((page) =>
        page.keys === undefined
          ? []
          : [{ id: `go ${id} ${page.id}`, title: page.title, group: 'Go to', keys: page.keys, run: () => navigate(`/${id}/${page.id}`) }],
      ),
    ]),
  );
}
