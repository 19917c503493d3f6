import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export interface LaunchFile {
  /** file: URL to give a browser. Holds no secret itself: process arguments are visible to everybody on the machine. */
  readonly url: string;
  remove(): void;
}

/**
 * A page on disk, readable by its owner only, that leads to `address` (with its one-time token
 * in the fragment). It is deleted as soon as the token was used.
 */
export function writeLaunchFile(folder: string, address: string): LaunchFile {
  const path = join(folder, `launch-${randomBytes(8).toString('hex')}.html`);
  const html = `<!doctype html><meta charset="utf-8"><title>Sluice</title><script>location.replace(${JSON.stringify(address)})</script>\n`;
  writeFileSync(path, html, { mode: 0o600, flag: 'wx' });
  return { url: pathToFileURL(path).href, remove: () => rmSync(path, { force: true }) };
}

/** Removes what a host that was killed left behind. */
export function removeOldLaunchFiles(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (/^launch-[0-9a-f]{16}\.html$/.test(name)) rmSync(join(folder, name), { force: true });
  }
}
