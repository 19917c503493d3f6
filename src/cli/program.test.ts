import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appError } from '#contract/errors.ts';
import { operations } from '#contract/operations/index.ts';
import { topics } from '#contract/operations/topics.ts';
import { err, ok } from '#contract/result.ts';
import {
  auditEntry,
  type FakeGateway,
  ledger,
  now,
  type Run,
  runSluice,
  startFakeGateway,
  token,
} from '#tests/support/cli/fake-gateway.ts';

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

function writeControlFile(content: string, mode = 0o600): void {
  const file = join(folder, 'control.json');
  writeFileSync(file, content);
  chmodSync(file, mode);
}

describe('sluice call', () => {
  it('calls any operation with JSON from the arguments or from stdin', async () => {
    const input = '{"target":"hubspot","note":"asked their support"}';
    expect(await sluice(['call', 'audit.note', input])).toEqual({ code: 0, out: '{\n  "seq": 1\n}\n', err: '' });
    expect(await sluice(['call', 'audit.note', '-', '--json'], undefined, input)).toEqual({ code: 0, out: '{"seq":1}\n', err: '' });
  });

  it('names the fields that are wrong', async () => {
    const { code, err: errors } = await sluice(['call', 'audit.note', '{"target":5}']);
    expect(code).toBe(1);
    expect(errors).toContain('INPUT_INVALID');
    expect(errors).toContain('"path":"note"');
  });

  it('prints the error as JSON with --json, on stderr', async () => {
    const { code, out, err: errors } = await sluice(['call', 'event.where', '{"messageId":"m"}', '--json']);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(JSON.parse(errors)).toEqual({ error: appError('EVENT_NOT_FOUND', { messageId: 'm' }) });
  });

  it('asks what became of a command whose reply was lost', async () => {
    let commandId: string | null = null;
    gateway.serve({
      'audit.note': (_input, context) => {
        commandId = context.commandId;
        return new Promise(() => {});
      },
      'command.outcome': (input) =>
        input.commandId === commandId
          ? ok({ action: 'audit.note', target: 'hubspot', at: now, outcome: 'ok' })
          : err(appError('COMMAND_UNKNOWN')),
    });
    const { code, err: errors } = await sluice(['call', 'audit.note', '{"target":"t","note":"n"}', '--deadline', '50']);
    expect(code).toBe(3);
    expect(errors).toContain('The reply was lost (PEER_DEADLINE), but the command is in the audit: audit.note hubspot: ok.');
  });

  it.each([
    [['call', 'audit.note', '{'], 'not valid JSON'],
    [['call', '__proto__', '{}'], 'OPERATION_UNKNOWN'],
    [['call', 'audit.notes', '{}'], '"known":["audit.list","audit.verify","audit.note"]'],
    [['park', 'Hub Spot'], 'is no scope'],
    [['park', 'hubspot', '--for', 'ever'], '--for takes a duration'],
    [['open', 'hubspot', '--backlog', 'all'], '--backlog takes'],
    [['watch', 'audit.appended', '{'], 'not valid JSON'],
    [['watch', 'no.topic'], 'TOPIC_UNKNOWN'],
    [['frobnicate'], "unknown command 'frobnicate'"],
    [['park'], "missing required argument 'scope'"],
    [['ledger', '--token', 'secret-in-argv'], "unknown option '--token'"],
  ])('exits with 2 for %j', async (args, message) => {
    const run = await sluice(args);
    expect(run.code).toBe(2);
    expect(run.err).toContain(message);
    expect(run.err).not.toContain('secret-in-argv');
  });
});

describe('sluice watch', () => {
  it('prints each item on a line, and stops after the count', async () => {
    const { code, out } = await sluice(['watch', 'audit.appended', '{}', '--count', '3', '--json']);
    expect(code).toBe(0);
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).seq),
    ).toEqual([1, 2, 3]);
    expect((await sluice(['watch', 'audit.appended', '--count', '1'])).out).toMatch(/^2026-11-2\d .*#1 ada switch\.set hubspot: ok\n$/);
  });

  it('prints a tick as one line with units', async () => {
    const { out } = await sluice(['watch', 'telemetry.tick', '--count', '1']);
    expect(out).toMatch(/ in 0\/s {2}out 150\/s {2}waiting 12 {2}dead 3 {2}memory 120 MB {2}hubspot parked\n$/);
  });

  it('exits with 3 when the gateway goes away', async () => {
    const watching = sluice(['watch', 'audit.appended']);
    while (gateway.sinks.length === 0) await new Promise(setImmediate);
    await gateway.close();
    expect(await watching).toMatchObject({ code: 3 });
  });
});

describe('sluice status', () => {
  it('shows the gateway and its lanes as they are now, not as they were before', async () => {
    const { code, out } = await sluice(['status']);
    expect(code).toBe(0);
    expect(out).toMatch(/^gateway +ws:.* ms away\nready +yes\n/);
    expect(out).toContain('2 h 10 min, since 2026-11-');
    expect(out).toMatch(/hubspot +flowing +healthy +150\/s +31 ms +12 +0 +3 +4 s/);
    expect(JSON.parse((await sluice(['status', '--json'])).out)).toMatchObject({
      status: { ready: true },
      destinations: [{ id: 'hubspot' }],
    });
  });

  it('says why a gateway is not ready', async () => {
    const status = {
      ...JSON.parse((await sluice(['status', '--json'])).out).status,
      ready: false,
      notReady: ['the duplicate index is loading'],
    };
    gateway.serve({ 'system.status': () => ok(status) });
    expect((await sluice(['status'])).out).toContain('NO: the duplicate index is loading');
  });
});

describe('sluice ledger, where, diff, operations', () => {
  it('prints the ledger as a table, and exits with 1 when it does not balance', async () => {
    const balanced = await sluice(['ledger']);
    expect(balanced.code).toBe(0);
    expect(balanced.out).toContain(
      'destination  total  waiting  confirmed  cursor  head\nhubspot         10        2          8       8    10  balanced\n',
    );
    gateway.serve({
      'ledger.read': () =>
        ok({ incarnation: 'c0ffee000001', ledgers: [{ ...ledger, balanced: false, violations: ['L1: 10 is not 11'] }], sources: [] }),
    });
    const broken = await sluice(['ledger', 'hubspot']);
    expect(broken).toMatchObject({ code: 1, err: 'UNBALANCED hubspot: L1: 10 is not 11\n' });
  });

  it('tells where an event is, without letting its name play with the terminal', async () => {
    const place = {
      destination: 'hubspot',
      state: 'retrying' as const,
      detail: '500',
      attempt: 2,
      nextAttemptAt: now + 90_000,
      dedupeKey: 'k',
    };
    const event = {
      seq: 4,
      source: 'web',
      messageId: 'm1',
      type: 'track',
      name: 'Paid\u001b[2J',
      receivedAt: now,
      bytes: 512,
      destinations: [place],
    };
    gateway.serve({ 'event.where': () => ok({ events: [event] }) });
    const { out } = await sluice(['where', 'm1']);
    expect(out).toContain('m1: track “Paid�[2J” from web, received');
    expect(out).toMatch(/hubspot +retrying +2 +in 2 min +500 +k/);
  });

  it('tells the drift from the configuration file', async () => {
    expect((await sluice(['diff'])).out).toContain('No drift');
    const drift = { kind: 'destination' as const, id: 'hubspot', path: '/delivery/concurrency', file: 16, now: 4, by: 'ada', at: now };
    gateway.serve({ 'document.drift': () => ok({ drift: [drift] }) });
    const { out } = await sluice(['diff']);
    expect(out).toMatch(/destination hubspot +\/delivery\/concurrency +16 +4 +ada/);
    expect(await sluice(['diff', '--exit-code'])).toMatchObject({ code: 1 });
  });

  it('lists operations and their schemas without a gateway', async () => {
    const { out } = await sluice(['operations'], {});
    for (const name of [...Object.keys(operations), ...Object.keys(topics)]) expect(out).toContain(name);
    expect(JSON.parse((await sluice(['operations', 'switch.set'], {})).out)).toMatchObject({
      name: 'switch.set',
      input: { type: 'object' },
    });
  });
});

describe('the gateway to speak to', () => {
  it('and its token come from control.json of the data folder', async () => {
    writeControlFile(JSON.stringify({ url: gateway.url, token }));
    expect(await sluice(['ledger', '--data', folder], {})).toMatchObject({ code: 0 });
    expect(await sluice(['ledger'], { SLUICE_DATA: folder })).toMatchObject({ code: 0 });
  });

  it('is not sent the token of another', async () => {
    writeControlFile(JSON.stringify({ url: 'ws://127.0.0.1:1/v1/control', token }));
    const { code, err: errors } = await sluice(['ledger', '--data', folder, '--url', gateway.url], {});
    expect(code).toBe(1);
    expect(errors).toContain('AUTH_REQUIRED');
  });

  it('is not asked with a token that other users can read, or from a damaged file', async () => {
    writeControlFile(JSON.stringify({ url: gateway.url, token }), 0o644);
    expect((await sluice(['ledger', '--data', folder], {})).err).toContain('other users can read it');
    writeControlFile('{"url":');
    expect((await sluice(['ledger', '--data', folder], {})).err).toContain('damaged');
  });

  it.each(['http://example.com', 'ws://10.0.0.5:8401', 'nonsense', 'ws://user:pass@localhost:1', 'file:///etc/passwd'])(
    'cannot be %s',
    async (url) => {
      const { code, err: errors } = await sluice(['ledger', '--url', url], { SLUICE_TOKEN: token });
      expect(code).toBe(1);
      expect(errors).toContain('INPUT_INVALID');
    },
  );

  it('that refuses the token is reported with exit code 1, one that is away with 3', async () => {
    expect(await sluice(['ledger'], { SLUICE_URL: gateway.url, SLUICE_TOKEN: 'wrong' })).toMatchObject({
      code: 1,
      err: expect.stringContaining('AUTH_REQUIRED'),
    });
    await gateway.close();
    expect(await sluice(['ledger'])).toMatchObject({ code: 3, err: expect.stringContaining('GATEWAY_OFFLINE') });
  });
});

describe('sluice as a process', () => {
  const program = join(import.meta.dirname, 'index.ts');

  function run(args: readonly string[], env: Record<string, string>): Promise<Run> {
    return new Promise((resolve) => {
      execFile(process.execPath, [program, ...args], { env }, (error, out, errors) => {
        resolve({ code: error ? Number(error.code) : 0, out, err: errors });
      });
    });
  }

  it('exits by outcome, with its whole output written', async () => {
    const listed = await run(['operations', 'switch.set', '--json'], {});
    expect(listed).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(listed.out)).toMatchObject({ name: 'switch.set' });
    expect(await run(['ledger'], { SLUICE_URL: gateway.url, SLUICE_TOKEN: token })).toMatchObject({ code: 0, err: '' });
    expect(await run(['where', 'nobody'], { SLUICE_URL: gateway.url, SLUICE_TOKEN: token })).toMatchObject({ code: 1 });
    expect(await run(['where'], {})).toMatchObject({ code: 2 });
    expect(await run(['ledger'], { SLUICE_URL: 'ws://127.0.0.1:1', SLUICE_TOKEN: token })).toMatchObject({ code: 3 });
  });

  it('ends quietly when its reader does', async () => {
    const child = spawn(process.execPath, [program, 'watch', 'audit.appended'], { env: { SLUICE_URL: gateway.url, SLUICE_TOKEN: token } });
    await once(child.stdout, 'data');
    child.stdout.destroy();
    const exited = once(child, 'exit');
    // The pipe fails at the next write.
    const more = setInterval(() => gateway.sinks[0]?.push([auditEntry(6)], 6), 10);
    const [code] = await exited;
    clearInterval(more);
    expect(code).toBe(0);
  });
});
