import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appError } from '#contract/errors.ts';
import { operations } from '#contract/operations/index.ts';
import { topics } from '#contract/operations/topics.ts';
import { err, ok } from '#contract/result.ts';
import { secret } from '#contract/secret.ts';
import { createService, type Handlers, type Sink } from '#contract/service.ts';
import { type ControlServer, createControlServer } from '#gateway/server/control-server.ts';
import type { Io } from './io.ts';
import { runCli } from './program.ts';

const token = 'the-token-of-this-test';
const served = {
  'switch.set': operations['switch.set'],
  'document.drift': operations['document.drift'],
  'ledger.read': operations['ledger.read'],
  'event.where': operations['event.where'],
  'audit.note': operations['audit.note'],
  'command.outcome': operations['command.outcome'],
};
const servedTopics = { 'audit.appended': topics['audit.appended'] };
type Served = Handlers<typeof served>;

const now = Date.parse('2026-11-20T12:00:00Z');
const preview = { destinations: [] };
const proof = {
  revision: 7,
  receivedAt: now,
  nodes: [
    {
      node: 'one',
      inForceAt: now + 0.4,
      durableAt: now + 2,
      inFlight: 3,
      drained: 3,
      uncertain: 0,
      pending: 0,
      escaped: 0,
      lastSent: { destination: 'hubspot', messageId: 'last-one', at: now - 5 },
    },
  ],
};
const states = {
  filtered: 0,
  waiting: 2,
  held: 0,
  retrying: 0,
  dead: 0,
  confirmed: 8,
  accepted: 0,
  suppressed: 0,
  dropped: 0,
  diverted: 0,
  expired: 0,
};
const ledger = {
  destination: 'hubspot',
  total: 10,
  replayed: 0,
  divertedIn: 0,
  states,
  cursor: 8,
  head: 10,
  balanced: true,
  violations: [] as string[],
};

let asked: { readonly name: string; readonly input: unknown; readonly by: string }[];
let sinks: Sink[];
let server: ControlServer;
let folder: string;
let handlers: Served;

beforeEach(async () => {
  asked = [];
  sinks = [];
  folder = mkdtempSync(join(tmpdir(), 'sluice-cli-'));
  handlers = {
    'switch.set': (input, { by }) => {
      asked.push({ name: 'switch.set', input, by });
      return ok({ preview, proof: input.dryRun ? null : proof });
    },
    'document.drift': () => ok({ drift: [] }),
    'ledger.read': () => ok({ ledgers: [ledger], sources: [] }),
    'event.where': ({ messageId }) => err(appError('EVENT_NOT_FOUND', { messageId })),
    'audit.note': () => ok({ seq: 1 }),
    'command.outcome': () => err(appError('COMMAND_UNKNOWN')),
  };
  const service = createService({
    operations: served,
    handlers: Object.fromEntries(
      Object.keys(served).map((name) => [name, (input: never, context: never) => handlers[name as keyof Served](input, context)]),
    ) as unknown as Served,
    topics: servedTopics,
    feeds: {
      'audit.appended': (_params, sink) => {
        sinks.push(sink);
        for (let seq = 1; seq <= 5; seq += 1) sink.push([auditEntry(seq)], seq);
        return () => {};
      },
    },
  });
  const quiet = { info: () => {}, warn: () => {}, error: () => {} };
  const started = await createControlServer({
    port: 0,
    token: secret(token),
    service,
    logger: quiet,
    metrics: () => '',
    health: () => ({}),
    ready: () => ({ ready: true, reasons: [] }),
    ledger: async () => ok({}),
  });
  if (!started.ok) throw new Error(started.error.code);
  server = started.value;
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

function auditEntry(seq: number) {
  return { seq, at: now, by: 'ada', action: 'switch.set', target: 'hubspot', outcome: 'ok', reason: '', commandId: null, hash: '00' };
}

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function sluice(
  args: readonly string[],
  env: Record<string, string> = { SLUICE_URL: server.url, SLUICE_TOKEN: token },
  stdin = '',
): Promise<Run> {
  let out = '';
  let errors = '';
  const io: Io = {
    env,
    out: async (text) => {
      out += text;
    },
    err: (text) => {
      errors += text;
    },
    readStdin: async () => stdin,
    now: () => now,
    user: 'ada',
  };
  const code = await runCli(args, io);
  expect(out + errors).not.toContain(token);
  return { code, out, err: errors };
}

function writeControlFile(content: string, mode = 0o600): void {
  const file = join(folder, 'control.json');
  writeFileSync(file, content);
  chmodSync(file, mode);
}
const hold = (): string => join(folder, 'hold');

describe('sluice park', () => {
  it('parks a destination and shows the proof, with units', async () => {
    const { code, out } = await sluice(['park', 'hubspot', '--for', '30m', '--reason', 'they answer 500']);
    expect(code).toBe(0);
    expect(out).toContain('Parked hubspot.\nin force on one 0.4 ms after the gateway had it');
    expect(out).toContain('in flight then: 3 (3 answered, 0 uncertain, 0 still out)\n  escaped: 0\n  last event sent: last-one to hubspot');
    expect(asked).toMatchObject([
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
    expect(asked).toMatchObject([{ input: { dryRun: true } }]);
    await server.close();
    expect(await sluice(['park', 'hubspot', '--dry-run', '--data', folder])).toMatchObject({ code: 3 });
    expect(existsSync(hold())).toBe(false);
  });

  it('holds by the hold file when the control port is dead, and says so', async () => {
    await server.close();
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
    expect(await sluice(['park', 'hubspot'], { SLUICE_DATA: folder, SLUICE_URL: server.url })).toMatchObject({ code: 0 });
    expect(await sluice(['park', 'event:Order Completed', '--by-file', '--data', folder])).toMatchObject({ code: 0, err: '' });
    expect(readFileSync(hold(), 'utf8')).toContain('destination:hubspot\nevent:Order Completed\n');
    expect(asked).toEqual([]);
  });

  it('does not fall back to the file when the gateway answered no', async () => {
    handlers = { ...handlers, 'switch.set': () => err(appError('DOCUMENT_NOT_FOUND', { destination: 'hubspott' })) };
    const { code, err: errors } = await sluice(['park', 'hubspott', '--data', folder]);
    expect(code).toBe(1);
    expect(errors).toContain('DOCUMENT_NOT_FOUND: There is no such document.\nCheck the name.\n');
    expect(existsSync(hold())).toBe(false);
  });

  it('says what to do when nobody answers and no data folder is named, or it cannot be written', async () => {
    await server.close();
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
    expect(asked).toMatchObject([{ input: { mode: 'flow', backlog, pacePerSecond: 200, confirm: 'hubspot' } }]);
  });

  it('takes the line out of the hold file, only after the gateway agreed', async () => {
    writeFileSync(hold(), 'destination:hubspot\nmeta\n');
    handlers = { ...handlers, 'switch.set': () => err(appError('CONFIRMATION_REQUIRED')) };
    expect(await sluice(['open', 'hubspot', '--data', folder])).toMatchObject({ code: 1 });
    expect(readFileSync(hold(), 'utf8')).toBe('destination:hubspot\nmeta\n');
    handlers = { ...handlers, 'switch.set': () => ok({ preview, proof }) };
    const { code, out } = await sluice(['open', 'hubspot', '--data', folder]);
    expect(code).toBe(0);
    expect(out).toContain('Its line in the hold file is removed.\nThe hold file still holds meta.');
    expect(readFileSync(hold(), 'utf8')).toBe('meta\n');
  });

  it('with the control port dead opens what the file held, and says that a switch may hold it still', async () => {
    await server.close();
    writeFileSync(hold(), 'hubspot\n');
    const { code, err: errors } = await sluice(['open', 'hubspot', '--data', folder]);
    expect(code).toBe(0);
    expect(errors).toContain('where a switch parks it too, it stays parked');
    expect(existsSync(hold())).toBe(false);
    expect(await sluice(['open', 'hubspot', '--data', folder])).toMatchObject({ code: 3 });
  });
});

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
    handlers = {
      ...handlers,
      'audit.note': (_input, context) => {
        commandId = context.commandId;
        return new Promise(() => {});
      },
      'command.outcome': (input) =>
        input.commandId === commandId
          ? ok({ action: 'audit.note', target: 'hubspot', at: now, outcome: 'ok' })
          : err(appError('COMMAND_UNKNOWN')),
    };
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

  it('exits with 3 when the gateway goes away', async () => {
    const watching = sluice(['watch', 'audit.appended']);
    while (sinks.length === 0) await new Promise(setImmediate);
    await server.close();
    expect(await watching).toMatchObject({ code: 3 });
  });
});

describe('sluice ledger, where, diff, operations', () => {
  it('prints the ledger as a table, and exits with 1 when it does not balance', async () => {
    const balanced = await sluice(['ledger']);
    expect(balanced.code).toBe(0);
    expect(balanced.out).toContain(
      'destination  total  waiting  confirmed  cursor  head\nhubspot         10        2          8       8    10  balanced\n',
    );
    handlers = {
      ...handlers,
      'ledger.read': () => ok({ ledgers: [{ ...ledger, balanced: false, violations: ['L1: 10 is not 11'] }], sources: [] }),
    };
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
    handlers = { ...handlers, 'event.where': () => ok({ events: [event] }) };
    const { out } = await sluice(['where', 'm1']);
    expect(out).toContain('m1: track “Paid�[2J” from web, received');
    expect(out).toMatch(/hubspot +retrying +2 +in 2 min +500 +k/);
  });

  it('tells the drift from the configuration file', async () => {
    expect((await sluice(['diff'])).out).toContain('No drift');
    const drift = { kind: 'destination' as const, id: 'hubspot', path: '/delivery/concurrency', file: 16, now: 4, by: 'ada', at: now };
    handlers = { ...handlers, 'document.drift': () => ok({ drift: [drift] }) };
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
    writeControlFile(JSON.stringify({ url: server.url, token }));
    expect(await sluice(['ledger', '--data', folder], {})).toMatchObject({ code: 0 });
    expect(await sluice(['ledger'], { SLUICE_DATA: folder })).toMatchObject({ code: 0 });
  });

  it('is not sent the token of another', async () => {
    writeControlFile(JSON.stringify({ url: 'ws://127.0.0.1:1/v1/control', token }));
    const { code, err: errors } = await sluice(['ledger', '--data', folder, '--url', server.url], {});
    expect(code).toBe(1);
    expect(errors).toContain('AUTH_REQUIRED');
  });

  it('is not asked with a token that other users can read, or from a damaged file', async () => {
    writeControlFile(JSON.stringify({ url: server.url, token }), 0o644);
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
    expect(await sluice(['ledger'], { SLUICE_URL: server.url, SLUICE_TOKEN: 'wrong' })).toMatchObject({
      code: 1,
      err: expect.stringContaining('AUTH_REQUIRED'),
    });
    await server.close();
    expect(await sluice(['ledger'])).toMatchObject({ code: 3, err: expect.stringContaining('GATEWAY_OFFLINE') });
  });
});
