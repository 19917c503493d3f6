import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { codeOf, sealText, unwrap } from '../testing/control-room.ts';
import { createMemoryKey, openGatewayKey } from './gateway-key.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-key-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const newFolder = () => mkdtempSync(join(folder, 'data-'));

describe('the key of a gateway', () => {
  it('is made once, readable by its owner only, and is the same after a restart', async () => {
    const dataFolder = newFolder();
    const first = unwrap(await openGatewayKey({ dataFolder, env: {} }));
    const second = unwrap(await openGatewayKey({ dataFolder, env: {} }));
    expect(second).toMatchObject({ publicKey: first.publicKey, fingerprint: first.fingerprint, from: 'file' });
    expect(statSync(join(dataFolder, 'gateway.key')).mode & 0o777).toBe(0o600);
    expect(second.open(sealText('hello', first.publicKey))).toBe('hello');
  });

  it('has the fingerprint that ssh would print for its public key', async () => {
    const { publicKey, fingerprint } = await createMemoryKey();
    const bytes = Buffer.from(publicKey, 'base64');
    expect(bytes).toHaveLength(32);
    expect(fingerprint).toBe(`SHA256:${createHash('sha256').update(bytes).digest('base64').slice(0, 43)}`);
  });

  it('comes from SLUICE_KEY first, then from systemd, then from the data folder', async () => {
    const [one, two] = [newFolder(), newFolder()];
    unwrap(await openGatewayKey({ dataFolder: one, env: {} }));
    const text = readFileSync(join(one, 'gateway.key'), 'utf8');
    const systemd = newFolder();
    writeFileSync(join(systemd, 'sluice-key'), text, { mode: 0o444 });
    const fromFile = unwrap(await openGatewayKey({ dataFolder: one, env: {} }));
    const fromEnv = unwrap(await openGatewayKey({ dataFolder: two, env: { SLUICE_KEY: text.trim(), CREDENTIALS_DIRECTORY: systemd } }));
    const fromSystemd = unwrap(await openGatewayKey({ dataFolder: two, env: { CREDENTIALS_DIRECTORY: systemd } }));
    expect([fromEnv.from, fromSystemd.from]).toEqual(['environment', 'systemd']);
    expect(new Set([fromFile.fingerprint, fromEnv.fingerprint, fromSystemd.fingerprint]).size).toBe(1);
  });

  it('is refused when others may read it, when it is no key, and when there is no room for it', async () => {
    const dataFolder = newFolder();
    unwrap(await openGatewayKey({ dataFolder, env: {} }));
    chmodSync(join(dataFolder, 'gateway.key'), 0o640);
    expect(codeOf(await openGatewayKey({ dataFolder, env: {} }))).toBe('GATEWAY_KEY_UNUSABLE');
    const wrong = await openGatewayKey({ dataFolder, env: { SLUICE_KEY: 'c2hvcnQ=' } });
    expect(codeOf(wrong)).toBe('GATEWAY_KEY_UNUSABLE');
    expect(JSON.stringify(wrong)).not.toContain('c2hvcnQ');
    expect(codeOf(await openGatewayKey({ dataFolder: join(dataFolder, 'nowhere'), env: {} }))).toBe('DATA_READONLY');
  });
});
