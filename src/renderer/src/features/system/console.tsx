import { type MantineColorScheme, useMantineColorScheme } from '@mantine/core';
import { useDesk } from '#renderer/client/session.ts';
import { requestOverlay } from '#renderer/frame/overlays.ts';
import { setPreferences, usePreference } from '#renderer/frame/preferences.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Columns } from '#renderer/ui/page.tsx';
import { Facts, Panel } from '#renderer/ui/panel.tsx';
import { Segmented } from '#renderer/ui/segmented.tsx';

const keychainStates = {
  ready: 'ready',
  locked: 'locked',
  unavailable: 'not on this machine',
  waiting: 'waiting for you',
  unknown: 'not asked yet',
} as const;

/** How this console looks and is driven, and what it runs on. Kept on this machine only. */
export function ConsoleSettings() {
  return (
    <Columns>
      <Panel title="Appearance and keys" note="kept on this machine">
        <Appearance />
      </Panel>
      <Panel title="This console">
        <About />
      </Panel>
    </Columns>
  );
}

/** A fact that is chosen here. */
function choice<V extends string>(label: string, value: V, options: readonly (readonly [V, string])[], onChange: (value: V) => void) {
  const listed = options.map(([each, words]) => ({ value: each, label: words }));
  return { label, value: <Segmented<V> label={label} value={value} options={listed} onChange={onChange} /> };
}

function Appearance() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const isRailNarrow = usePreference('isRailNarrow');
  const hasSingleKeys = usePreference('hasSingleKeys');
  const themes = [
    ['dark', 'Dark'],
    ['light', 'Light'],
    ['auto', 'As the system'],
  ] as const;
  const rails = [
    ['wide', 'With names'],
    ['narrow', 'Icons only'],
  ] as const;
  const switched = [
    ['on', 'On'],
    ['off', 'Off'],
  ] as const;
  const allKeys = (
    <Button size="small" onClick={() => requestOverlay({ type: 'keys' })}>
      Show and change keys…
    </Button>
  );
  return (
    <Facts
      items={[
        choice<MantineColorScheme>('Theme', colorScheme, themes, setColorScheme),
        choice('Rail', isRailNarrow ? 'narrow' : 'wide', rails, (value) => setPreferences({ isRailNarrow: value === 'narrow' })),
        choice('Keys without Ctrl or Alt', hasSingleKeys ? 'on' : 'off', switched, (value) =>
          setPreferences({ hasSingleKeys: value === 'on' }),
        ),
        { label: 'All keys', value: allKeys },
      ]}
    />
  );
}

function About() {
  const desk = useDesk((state) => state.desk);
  if (desk === null)
    return <Facts items={['Version', 'Runs in', 'Keychain', 'Secrets are kept'].map((label) => ({ label, value: '–' }))} />;
  const { version, host, keychain } = desk;
  return (
    <Facts
      items={[
        { label: 'Version', value: version },
        { label: 'Runs in', value: host === 'electron' ? 'its own application (Electron)' : 'a browser window' },
        { label: 'Keychain', value: `${keychainStates[keychain.state]}${keychain.detail === '' ? '' : `: ${keychain.detail}`}` },
        { label: 'Secrets are kept', value: keychain.backend === 'keytar' ? 'in the keychain' : 'for this session only' },
      ]}
    />
  );
}
