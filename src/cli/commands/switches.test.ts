import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appError } from '#contract/errors.ts';
import { err, ok } from '#contract/result.ts';
import { type FakeGateway, now, preview, proof, runSluice, startFakeGateway, token } from '#tests/support/cli/fake-gateway.ts';

let gateway: FakeGateway;
let folder: string;
beforeEach(async () => {
  gateway = await startFakeGateway();
  folder = mkdtempSync(join(tmpdir(), 'sluice-cli-'));
});
afterEach(async () => {
  await gateway.close();
  rmSync(folder, { recursive: true, force: true });
});

function sluice(args: readonly string[], env: Record<string, string> = { SLUICE_URL: gateway.url, SLUICE_TOKEN: token }, stdin = '') {
  return runSluice(args, env, stdin);
}
const hold = (): string => join(folder, 'hold');

describe('sluice park', () => {
  it('parks a destination and shows the proof, with units', async () => {
    const { code, out } = await sluice(['park', 'hubspot', '--for', '30m', '--reason', 'they answer 500']);
    expect(code).toBe(0);
    expect(out).toContain('Parked hubspot.\nin force on one 0.4 ms after the gateway had it');
    expect(out).toContain('in flight then: 3 (3 answered, 0 uncertain, 0 still out)\n  escaped: 0\n  last event sent: last-one to hubspot');
    expect(gateway.asked).toMatchObject([
      {
        by: 'cli.ada',
        input: {
          scope: { type: 'destination', destination: 'hubspot' },
          mode: 'park',
          forMs: 1_800_000,
          reason: 'they answer 500',
          dryRun: false,
        },
      },
    ]);
  });

  it('prints JSON with --json, wherever it stands', async () => {
    for (const args of [
      ['--json', 'park', 'hubspot'],
      ['park', 'hubspot', '--json'],
    ]) {
      expect(JSON.parse((await sluice(args)).out)).toEqual({ preview, proof });
    }
  });

  it('shows what it would do with --dry-run, and writes no hold file even when nobody answers', async () => {
    expect((await sluice(['park', 'everything', '--dry-run'])).out).toContain('Parking everything would hold:');
    expect(gateway.asked).toMatchObject([{ input: { dryRun: true } }]);
    await gateway.close();
    expect(await sluice(['park', 'hubspot', '--dry-run', '--data', folder])).toMatchObject({ code: 3 });
    expect(existsSync(hold())).toBe(false);
  });

  it('holds by the hold file when the control port is dead, and says so', async () => {
    await gateway.close();
    const { code, out, err: errors } = await sluice(['park', 'hubspot', '--data', folder]);
    expect(code).toBe(0);
    expect(errors).toContain('The gateway could not be asked (GATEWAY_OFFLINE).');
    expect(out).toContain(`Parked hubspot by the hold file: ${hold()} now has the line “destination:hubspot”.`);
    expect(readFileSync(hold(), 'utf8')).toContain('\ndestination:hubspot\n');
  });

  it('holds by the hold file when the gateway takes connections but never answers', async () => {
    const deaf = createServer();
    deaf.on('upgrade', () => {});
    await new Promise<void>((resolve) => deaf.listen(0, '127.0.0.1', resolve));
    const { port } = deaf.address() as AddressInfo;
    const env = { SLUICE_URL: `ws://127.0.0.1:${port}`, SLUICE_TOKEN: token };
    expect(await sluice(['park', 'hubspot', '--data', folder], env)).toMatchObject({ code: 0 });
    expect(readFileSync(hold(), 'utf8')).toContain('destination:hubspot');
    deaf.closeAllConnections();
    deaf.close();
  });

  it('holds by the hold file without a token, and at once with --by-file', async () => {
    expect(await sluice(['park', 'hubspot'], { SLUICE_DATA: folder, SLUICE_URL: gateway.url })).toMatchObject({ code: 0 });
    expect(await sluice(['park', 'event:Order Completed', '--by-file', '--data', folder])).toMatchObject({ code: 0, err: '' });
    expect(readFileSync(hold(), 'utf8')).toContain('destination:hubspot\nevent:Order Completed\n');
    expect(gateway.asked).toEqual([]);
  });

  it('does not fall back to the file when the gateway answered no', async () => {
    gateway.serve({ 'switch.set': () => err(appError('DOCUMENT_NOT_FOUND', { destination: 'hubspott' })) });
    const { code, err: errors } = await sluice(['park', 'hubspott', '--data', folder]);
    expect(code).toBe(1);
    expect(errors).toContain('DOCUMENT_NOT_FOUND: There is no such document.\nCheck the name.\n');
    expect(existsSync(hold())).toBe(false);
  });

  it('says what to do when nobody answers and no data folder is named, or it cannot be written', async () => {
    await gateway.close();
    const nowhere = await sluice(['park', 'hubspot']);
    expect(nowhere).toMatchObject({ code: 3 });
    expect(nowhere.err).toContain('sluice park --data DIR');
    expect(await sluice(['park', 'hubspot', '--data', join(folder, 'absent')])).toMatchObject({ code: 1 });
  });
});

describe('sluice open', () => {
  it('opens with the choice about the backlog and the pace', async () => {
    expect(await sluice(['open', 'hubspot', '--backlog', 'newer:30m', '--pace', '200', '--confirm', 'hubspot'])).toMatchObject({ code: 0 });
    const backlog = { choice: 'newer', sinceMs: now - 1_800_000 };
    expect(gateway.asked).toMatchObject([{ input: { mode: 'flow', backlog, pacePerSecond: 200, confirm: 'hubspot' } }]);
  });

  it('takes the line out of the hold file, only after the gateway agreed', async () => {
    writeFileSync(hold(), 'destination:hubspot\nmeta\n');
    gateway.serve({ 'switch.set': () => err(appError('CONFIRMATION_REQUIRED')) });
    expect(await sluice(['open', 'hubspot', '--data', folder])).toMatchObject({ code: 1 });
    expect(readFileSync(hold(), 'utf8')).toBe('destination:hubspot\nmeta\n');
    gateway.serve({ 'switch.set': () => ok({ preview, proof }) });
    const { code, out } = await sluice(['open', 'hubspot', '--data', folder]);
    expect(code).toBe(0);
    expect(out).toContain('Its line in the hold file is removed.\nThe hold file still holds meta.');
    expect(readFileSync(hold(), 'utf8')).toBe('meta\n');
  });

  it('with the control port dead opens what the file held, and says that a switch may hold it still', async () => {
    await gateway.close();
    writeFileSync(hold(), 'hubspot\n');
    const { code, err: errors } = await sluice(['open', 'hubspot', '--data', folder]);
    expect(code).toBe(0);
    expect(errors).toContain('where a switch parks it too, it stays parked');
    expect(existsSync(hold())).toBe(false);
    expect(await sluice(['open', 'hubspot', '--data', folder])).toMatchObject({ code: 3 });
  });
});

describe('sluice divert and sluice sample', () => {
  it('diverts to another destination, with the backlog where that is asked for', async () => {
    const { code, out } = await sluice(['divert', 'hubspot', '--to', 'archive', '--include-backlog', '--for', '2h', '--reason', 'outage']);
    expect(code).toBe(0);
    expect(out).toContain('Diverted hubspot to archive.\nin force on one');
    const scope = { type: 'destination', destination: 'hubspot' };
    expect(gateway.asked).toMatchObject([
      { input: { scope, mode: 'divert', to: 'archive', includeBacklog: true, forMs: 7_200_000, reason: 'outage' } },
    ]);
    expect(await sluice(['divert', 'hubspot'])).toMatchObject({ code: 2, err: expect.stringContaining('--to <destination>') });
  });

  it('sends a share, and shows with --dry-run what would be lost', async () => {
    expect((await sluice(['sample', 'source:web', '--share', '0.1', '--confirm', 'source web'])).out).toContain(
      'source web is sent a share of 0.1',
    );
    expect(gateway.asked).toMatchObject([{ input: { mode: 'sample', share: 0.1, confirm: 'source web', includeBacklog: false } }]);
    for (const share of ['0', '1', 'much']) expect(await sluice(['sample', 'hubspot', '--share', share])).toMatchObject({ code: 2 });
    const zero = { eventsPerMinute: 100, inFlight: 0, waiting: 7, held: 0, retrying: 0, tooOld: 0, possiblyTwice: 0 };
    const row = { destination: 'hubspot', ...zero, budgetFullInMs: null, drainEtaMs: 0, messagesPeople: false };
    const lossy = { destinations: [{ ...row, lostPerMinute: 90, backlogTaken: 7 }] };
    gateway.serve({ 'switch.set': () => ok({ preview: lossy, proof: null }) });
    const { out } = await sluice(['sample', 'hubspot', '--share', '0.1', '--dry-run']);
    expect(out).toContain('hubspot loses 90 events a minute, decides 7 events of the backlog at once.');
  });
});
