/** What some tests need beside npm's packages. Each answers why a test cannot run here, or null. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';

function isInstalled(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
}

export function whyNoRealKeychain(): string | null {
  const missing = ['dbus-daemon', 'dbus-send', 'gnome-keyring-daemon'].filter((program) => !isInstalled(program));
  if (missing.length > 0) return `skipped: not installed: ${missing.join(', ')}`;
  try {
    createRequire(import.meta.url)('keytar');
    return null;
  } catch {
    return 'skipped: keytar is not built';
  }
}

export const chromiumPath = process.env.SLUICE_BROWSER ?? '/usr/bin/chromium';

export function whyNoChromium(): string | null {
  return existsSync(chromiumPath) ? null : `skipped: no ${chromiumPath}`;
}

export function whyNoBuild(): string | null {
  return existsSync(join(import.meta.dirname, '../../out/node/main/index.js')) ? null : 'skipped: no build; npm run build';
}

export function whyNoElectron(): string | null {
  return existsSync(join(import.meta.dirname, '../../node_modules/electron/dist')) ? null : 'skipped: Electron’s binary is not here';
}

/** `describe.skipIf(...)` and the words that tell why, for a suite's name. */
export function needs(...reasons: readonly (string | null)[]): { readonly isMissing: boolean; readonly why: string } {
  const missing = reasons.filter((reason) => reason !== null);
  return { isMissing: missing.length > 0, why: missing.length > 0 ? ` (${missing.join('; ')})` : '' };
}
