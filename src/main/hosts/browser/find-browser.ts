import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge', 'microsoft-edge-stable'];
const macApps = ['Google Chrome', 'Chromium', 'Microsoft Edge'];
const windowsPaths = [
  'Google\\Chrome\\Application\\chrome.exe',
  'Chromium\\Application\\chrome.exe',
  'Microsoft\\Edge\\Application\\msedge.exe',
];

interface Machine {
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
  readonly canRun: (path: string) => boolean;
}

const thisMachine: Machine = {
  platform: process.platform,
  env: process.env,
  canRun(path) {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  },
};

/** An installed Chromium, Chrome or Edge; `SLUICE_BROWSER` names another. Null where there is none, or no screen to show it on. */
export function findBrowser({ platform, env, canRun }: Machine = thisMachine): string | null {
  const hasScreen = platform !== 'linux' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
  if (!hasScreen) return null;
  const candidates = [...(env.SLUICE_BROWSER ? [env.SLUICE_BROWSER] : []), ...installed(platform, env)];
  return candidates.find(canRun) ?? null;
}

function installed(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): readonly string[] {
  switch (platform) {
    case 'darwin':
      return macApps.map((app) => `/Applications/${app}.app/Contents/MacOS/${app}`);
    case 'win32':
      return [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA]
        .filter((folder) => folder !== undefined)
        .flatMap((folder) => windowsPaths.map((path) => `${folder}\\${path}`));
    default: {
      const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
      return names.flatMap((name) => folders.map((folder) => join(folder, name)));
    }
  }
}
