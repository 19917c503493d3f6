import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Chromium's own settings for the console's profile: it neither offers to save a credential nor sends one anywhere. */
const preferences = {
  credentials_enable_service: false,
  credentials_enable_autosignin: false,
  profile: { password_manager_enabled: false, default_content_setting_values: { notifications: 2 } },
  autofill: { enabled: false, profile_enabled: false, credit_card_enabled: false },
  search: { suggest_enabled: false },
};

/** Arguments of an app window: a profile of its own, no extensions, no sync, no password saving. */
export function windowArguments(url: string, profile: string, isRoot: boolean): readonly string[] {
  return [
    `--app=${url}`,
    `--user-data-dir=${profile}`,
    '--no-first-run',
    '--no-default-browser-check',
    '--disable-extensions',
    '--disable-sync',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-save-password-bubble',
    '--window-size=1440,900',
    // Chromium refuses to start as root with its sandbox on.
    ...(isRoot ? ['--no-sandbox'] : []),
  ];
}

/** Opens `url` in a window of its own. The profile folder is made for its owner only. */
export function openAppWindow(browser: string, url: string, dataFolder: string): ChildProcess {
  const profile = join(dataFolder, 'browser');
  const settings = join(profile, 'Default', 'Preferences');
  mkdirSync(profile, { recursive: true, mode: 0o700 });
  mkdirSync(join(profile, 'Default'), { recursive: true, mode: 0o700 });
  if (!existsSync(settings)) writeFileSync(settings, JSON.stringify(preferences), { mode: 0o600 });
  const child = spawn(browser, windowArguments(url, profile, process.getuid?.() === 0), { stdio: 'ignore' });
  child.on('error', () => {});
  return child;
}
