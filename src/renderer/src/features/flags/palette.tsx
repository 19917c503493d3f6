import { IconFlag3, IconFlag3Filled } from '@tabler/icons-react';
import { documentStore } from '#renderer/client/documents.ts';
import { audienceWords, flagState } from '#renderer/frame/flag-words.ts';
import type { PaletteEntry } from '#renderer/frame/palette.ts';
import { navigate } from '#renderer/frame/router.ts';
import { switchFlag } from './switch-flag.tsx';

/** Each flag by its key, and one act for each kill flag. */
export function flagEntries(): readonly PaletteEntry[] {
  return [...documentStore.getState().byKind.flag.values()].flatMap((flag): PaletteEntry[] => {
    const { id, value } = flag;
    if (value === null) return [];
    const isOn = flagState(value) === 'on';
    const entry: PaletteEntry = {
      id: `flag ${id}`,
      group: 'Go to',
      title: `Flag ${id}`,
      note: audienceWords(value),
      keywords: `${value.description} ${value.owner ?? ''} ${value.type}`,
      icon: <IconFlag3 size={16} stroke={1.6} />,
      run: () => navigate('/controls/flags', { query: { inspect: id } }),
    };
    if (value.type !== 'kill' || value.state === 'DISABLED') return [entry];
    const act: PaletteEntry = {
      id: `switch flag ${id}`,
      group: 'Acts',
      title: `Turn ${isOn ? 'off' : 'on'} ${id}`,
      note: 'for everybody',
      keywords: `${id} kill flag`,
      icon: <IconFlag3Filled size={16} />,
      run: () => void switchFlag(flag, !isOn),
    };
    return [entry, act];
  });
}
