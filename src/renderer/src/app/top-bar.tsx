import { Menu, useMantineColorScheme } from '@mantine/core';
import { IconChevronDown, IconDeviceDesktop, IconMoon, IconSearch, IconSun } from '@tabler/icons-react';
import { useDesk, useEnvironment } from '#renderer/client/session.ts';
import { setPreferences } from '#renderer/frame/preferences.ts';
import { setTimeRange, timeRanges, useTimeRange } from '#renderer/frame/time-range.ts';
import { IconButton } from '#renderer/ui/button.tsx';
import { Keys } from '#renderer/ui/keys.tsx';
import { Segmented } from '#renderer/ui/segmented.tsx';
import { openPalette } from './palette.tsx';
import classes from './top-bar.module.css';

/** Another environment is another address: the page starts anew there, so that nothing of the old one lingers. */
function goToEnvironment(id: string): void {
  setPreferences({ environment: id });
  location.hash = `#/@${id}/`;
  location.reload();
}

function EnvironmentPill() {
  const environment = useEnvironment();
  const all = useDesk((state) => state.desk?.environments) ?? [];
  const kind = environment?.kind ?? 'embedded';
  const name = kind === 'production' ? 'PRODUCTION' : (environment?.name ?? '…');
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <button type="button" className={classes.environment} data-kind={kind}>
          <span className="visually-hidden">Environment: </span>
          {name}
          {environment?.demo ? <span className={classes.demo}>demo</span> : null}
          <IconChevronDown size={14} aria-hidden="true" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Environment</Menu.Label>
        {all.map((each) => (
          <Menu.Item key={each.id} disabled={each.id === environment?.id} onClick={() => goToEnvironment(each.id)}>
            {each.name} <span className={classes.quiet}>{each.id === environment?.id ? 'here' : each.link}</span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function ThemeMenu() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const icon =
    colorScheme === 'light' ? (
      <IconSun size={16} stroke={1.6} />
    ) : colorScheme === 'dark' ? (
      <IconMoon size={16} stroke={1.6} />
    ) : (
      <IconDeviceDesktop size={16} stroke={1.6} />
    );
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <IconButton label="Theme" icon={icon} />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconMoon size={14} />} onClick={() => setColorScheme('dark')}>
          Dark
        </Menu.Item>
        <Menu.Item leftSection={<IconSun size={14} />} onClick={() => setColorScheme('light')}>
          Light
        </Menu.Item>
        <Menu.Item leftSection={<IconDeviceDesktop size={14} />} onClick={() => setColorScheme('auto')}>
          As the system
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** Where you are, how to find anything, the span all charts share, and how it looks. */
export function TopBar({ hasTimeRange }: { readonly hasTimeRange: boolean }) {
  const range = useTimeRange();
  return (
    <header className={classes.bar}>
      <EnvironmentPill />
      <button type="button" className={classes.search} onClick={openPalette} aria-keyshortcuts="Control+K Meta+K">
        <IconSearch size={14} aria-hidden="true" />
        <span className={classes.searchText}>Find a destination, an act, an answer…</span>
        <Keys keys="mod+k" />
      </button>
      <div className={classes.end}>
        {hasTimeRange ? (
          <Segmented
            label="Time range"
            value={range.id}
            options={timeRanges.map(({ id, label }) => ({ value: id, label }))}
            onChange={setTimeRange}
          />
        ) : null}
        <ThemeMenu />
        <span className={classes.operator} title="Until operators and roles exist, whoever holds this machine's session is the operator">
          operator
        </span>
      </div>
    </header>
  );
}
