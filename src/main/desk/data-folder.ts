import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where Sluice keeps its data unless told otherwise, by the habit of each operating system. */
export function defaultDataFolder(
  platform: NodeJS.Platform = process.platform,
  env: NodeJS.ProcessEnv = process.env,
  home: string = homedir(),
): string {
  switch (platform) {
    case 'darwin':
      return join(home, 'Library', 'Application Support', 'Sluice');
    case 'win32':
      return join(env.LOCALAPPDATA ?? join(home, 'AppData', 'Local'), 'Sluice');
    default:
      return join(env.XDG_DATA_HOME ?? join(home, '.local', 'share'), 'sluice');
  }
}
