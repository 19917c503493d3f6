/** The Debian packages that tests and the demo use, and whether this run may install them. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';

const browser = ['chromium', 'fonts-liberation'];
const keychain = ['gnome-keyring', 'libsecret-1-dev', 'dbus', 'dbus-daemon', 'pkg-config', 'build-essential', 'python3'];
const tools = ['wrk', 'prometheus'];

/** Fixed lists: nothing else is ever asked for. */
export const packageLists = { test: [...browser, ...keychain, ...tools], demo: browser };

/**
 * @typedef {{ root: boolean, debian: boolean, terminal: boolean, setting: string | undefined }} Circumstances
 *   `setting` is SLUICE_APT
 * @param {Circumstances} here
 * @returns {'install' | 'ask' | 'tell' | 'nothing'} tell: print the command and go on
 */
export function permission({ root, debian, terminal, setting }) {
  if (!debian) return 'nothing';
  if (!root || setting === '0') return 'tell';
  if (setting === '1' || !terminal) return 'install';
  return 'ask';
}

/** @param {readonly string[]} names @returns {string[]} */
function missing(names) {
  return names.filter((name) => {
    const query = spawnSync('dpkg-query', ['--status', name], { encoding: 'utf8' });
    return !/^Status: install ok installed$/m.test(query.stdout);
  });
}

/** @param {string[]} args */
function apt(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // Output goes to stderr: stdout belongs to the command that ensure prepares.
  return spawnSync('apt-get', ['-q', ...args], { stdio: ['ignore', 2, 2], env }).status === 0;
}

/** @param {string} question */
async function agrees(question) {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(question);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

/**
 * Installs what is missing where this is allowed; otherwise says what is missing and goes on.
 * @param {'test' | 'demo'} use
 */
export async function ensurePackages(use) {
  const here = {
    root: process.getuid?.() === 0,
    debian: existsSync('/etc/debian_version') && existsSync('/usr/bin/apt-get'),
    terminal: Boolean(process.stdin.isTTY),
    setting: process.env.SLUICE_APT,
  };
  const allowed = permission(here);
  if (allowed === 'nothing') return;
  const wanted = missing(packageLists[use]);
  if (wanted.length === 0) return;
  const command = `apt-get install --no-install-recommends ${wanted.join(' ')}`;
  const go = allowed === 'install' || (allowed === 'ask' && (await agrees(`This needs: ${command}\nRun it now? [y/N] `)));
  if (!go) {
    process.stderr.write(`Not installed: ${wanted.join(', ')}. What needs them is skipped, with the reason. To install: ${command}\n`);
    return;
  }
  const args = ['install', '-y', '--no-install-recommends', ...wanted];
  if (!(apt(args) || (apt(['update']) && apt(args)))) {
    process.stderr.write(`apt-get could not install ${wanted.join(', ')}. What needs them is skipped, with the reason.\n`);
  }
}
