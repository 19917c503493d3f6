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
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const isRailNarrow = usePreference('isRailNarrow');
  const hasSingleKeys = usePreference('hasSingleKeys');
  const desk = useDesk((state) => state.desk);
  return (
    <Columns>
      <Panel title="Appearance and keys" note="kept on this machine">
        <Facts
          items={[
            {
              label: 'Theme',
              value: (
                <Segmented<MantineColorScheme>
                  label="Theme"
                  value={colorScheme}
                  options={[
                    { value: 'dark', label: 'Dark' },
                    { value: 'light', label: 'Light' },
                    { value: 'auto', label: 'As the system' },
                  ]}
                  onChange={setColorScheme}
                />
              ),
            },
            {
              label: 'Rail',
              value: (
                <Segmented
                  label="Rail"
                  value={isRailNarrow ? 'narrow' : 'wide'}
                  options={[
                    { value: 'wide', label: 'With names' },
                    { value: 'narrow', label: 'Icons only' },
                  ]}
                  onChange={(value) => setPreferences({ isRailNarrow: value === 'narrow' })}
                />
              ),
            },
            {
              label: 'Keys without Ctrl or Alt',
              value: (
                <Segmented
                  label="Keys without Ctrl or Alt"
                  value={hasSingleKeys ? 'on' : 'off'}
                  options={[
                    { value: 'on', label: 'On' },
                    { value: 'off', label: 'Off' },
                  ]}
                  onChange={(value) => setPreferences({ hasSingleKeys: value === 'on' })}
                />
              ),
            },
            {
              label: 'All keys',
              value: (
                <Button size="small" onClick={() => requestOverlay({ type: 'keys' })}>
                  Show and change keys…
                </Button>
              ),
            },
          ]}
        />
      </Panel>
      <Panel title="This console">
        <Facts
          items={[
            { label: 'Version', value: desk?.version ?? '–' },
            {
              label: 'Runs in',
              value: desk === null ? '–' : desk.host === 'electron' ? 'its own application (Electron)' : 'a browser window',
            },
            {
              label: 'Keychain',
              value:
                desk === null
                  ? '–'
                  : `${keychainStates[desk.keychain.state]}${desk.keychain.detail === '' ? '' : `: ${desk.keychain.detail}`}`,
            },
            {
              label: 'Secrets are kept',
              value: desk === null ? '–' : desk.keychain.backend === 'keytar' ? 'in the keychain' : 'for this session only',
            },
          ]}
        />
      </Panel>
    </Columns>
  );
}
