import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { difference } from '../../scripts/lib/install-state.mjs';
import { endLeftovers } from '../../scripts/lib/leftovers.mjs';
import { isNodeEnough } from '../../scripts/lib/node.mjs';
import { packageLists, permission } from '../../scripts/lib/system-packages.mjs';

describe('what is installed', () => {
  const wanted = { packages: { '': {}, 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '2.0.0', optional: true } } };

  it('is current when all but optional packages are there', () => {
    expect(difference(wanted, { packages: { 'node_modules/a': { version: '1.0.0' } } })).toBeNull();
  });

  it('is stale when one is missing, of another version, or not in the lockfile', () => {
    expect(difference(wanted, { packages: {} })).toBe('node_modules/a is missing');
    expect(difference(wanted, { packages: { 'node_modules/a': { version: '0.9.0' } } })).toContain('node_modules/a is 0.9.0');
    expect(difference(wanted, { packages: { ...wanted.packages, 'node_modules/c': {} } })).toBe('node_modules/c is not in the lockfile');
  });
});

describe('system packages', () => {
  const here = { root: true, debian: true, terminal: false, setting: undefined };

  it('are installed without asking only by root on Debian, without a terminal or with SLUICE_APT=1', () => {
    expect(permission(here)).toBe('install');
    expect(permission({ ...here, terminal: true })).toBe('ask');
    expect(permission({ ...here, terminal: true, setting: '1' })).toBe('install');
  });

  it('are only named where they may not be installed', () => {
    expect(permission({ ...here, setting: '0' })).toBe('tell');
    expect(permission({ ...here, root: false, setting: '1' })).toBe('tell');
    expect(permission({ ...here, debian: false })).toBe('nothing');
  });

  it('come from a fixed list', () => {
    expect(packageLists.test).toEqual(expect.arrayContaining(['chromium', 'gnome-keyring', 'libsecret-1-dev', 'wrk', 'prometheus']));
    expect(packageLists.demo).toEqual(['chromium', 'fonts-liberation']);
  });
});

describe('the scripts', () => {
  it('know which Node is new enough', () => {
    expect(['20.20.2', '22.18.0'].some(isNodeEnough)).toBe(false);
    expect(['22.19.0', '24.21.0'].every(isNodeEnough)).toBe(true);
  });

  it('find a process that a run left behind, and end it', async ({ skip }) => {
    if (process.platform !== 'linux') skip('reads /proc');
    const mark = `planted-${process.pid}`;
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { env: { SLUICE_TEST_RUN: mark }, stdio: 'ignore' });
    const ended = once(child, 'exit');
    await once(child, 'spawn');
    const left = await endLeftovers(`SLUICE_TEST_RUN=${mark}`, 0);
    expect(left.map(({ pid }) => pid)).toEqual([child.pid]);
    expect((await ended)[1]).toBe('SIGKILL');
  });
});
