import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDeskFile } from './desk-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-desk-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const path = (): string => join(folder, 'desk.json');
const remote = { id: 'prod', name: 'Production', kind: 'production', url: 'wss://gateway.example', keyFingerprint: 'SHA256:x' } as const;

describe('the desk’s own file', () => {
  it('remembers environments over restarts and is readable by its owner only', () => {
    const first = openDeskFile(folder, false);
    if (!first.ok) throw new Error(first.error.message);
    first.value.update((content) => ({ ...content, remotes: [remote] }));
    const second = openDeskFile(folder, false);
    expect(second.ok && second.value.read()).toEqual({ ...first.value.read(), remotes: [remote] });
    expect(statSync(path()).mode & 0o777).toBe(0o600);
  });

  it('gives each folder but the default one a keychain corner of its own', () => {
    const file = openDeskFile(folder, false);
    expect(file.ok && file.value.read().installation).toMatch(/^[0-9a-f]{8}$/);
  });

  it.each([
    ['not JSON', '{"version":', 'DATA_CORRUPT'],
    ['of another shape', '{"version":1,"remotes":{}}', 'DATA_CORRUPT'],
    ['of a later version', '{"version":2,"more":true}', 'DATA_NEWER'],
  ])('says so when it is %s, and leaves it as it is', (_what, text, code) => {
    writeFileSync(path(), text);
    expect(openDeskFile(folder, false)).toMatchObject({ ok: false, error: { code } });
    expect(readFileSync(path(), 'utf8')).toBe(text);
  });
});
