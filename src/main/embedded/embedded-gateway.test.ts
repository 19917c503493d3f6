import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEmbeddedGateway, type EmbeddedGateway, type EmbeddedState } from './embedded-gateway.ts';
import { createNodeSpawn } from './node-spawn.ts';

/** Stands for the gateway: takes its token on stdin, listens, prints one line, ends with its stdin. */
const standIn = `
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
const arg = (name) => process.argv[process.argv.indexOf(name) + 1];
createInterface(process.stdin).on('line', (line) => {
  const { token } = JSON.parse(line);
  console.error('token of ' + token.length + ' characters; argv holds it: ' + process.argv.join(' ').includes(token));
  const server = createServer().listen(Number(arg('--ingest-port')), '127.0.0.1', () => {
    const { port } = server.address();
    console.log('listening soon');
    console.log(JSON.stringify({ ready: true, ingest: 'http://127.0.0.1:' + port, control: 'ws://127.0.0.1:' + (Number(arg('--control-port')) || 4999) }));
  });
}).on('close', () => process.exit(0));
`;
const cannotStart = `console.error('{"level":30,"msg":"starting"}'); console.error('PORT_IN_USE: The port is already in use. Choose another.'); process.exit(1);`;

let folder: string;
let gateway: EmbeddedGateway | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-embedded-'));
});
afterEach(async () => {
  await gateway?.stop();
  rmSync(folder, { recursive: true, force: true });
});

let log = '';
function create(source: string): EmbeddedGateway {
  log = '';
  const entry = join(folder, 'gateway.mjs');
  writeFileSync(entry, source);
  const spawn = createNodeSpawn(entry, (text) => {
    log += text;
  });
  gateway = createEmbeddedGateway({ spawn, dataFolder: folder, ingestPort: 0, controlPort: 0, random: () => 0 });
  return gateway;
}

function reaches<P extends EmbeddedState['phase']>(of: EmbeddedGateway, phase: P): Promise<Extract<EmbeddedState, { phase: P }>> {
  return new Promise((resolve) => {
    const look = (): void => {
      const state = of.state();
      if (state.phase === phase) resolve(state as Extract<EmbeddedState, { phase: P }>);
    };
    of.onChange(look);
    look();
  });
}

const hasMistakes = `console.error('CONFIG_INVALID: The configuration file has mistakes. See details.'); for (const line of [2, 4, 5, 6]) console.error('  line ' + line + ', sources: wrong'); process.exit(1);`;

describe('the embedded gateway', () => {
  it('gets its token on stdin, never by argv, and says where it listens', async () => {
    const embedded = create(standIn);
    embedded.start();
    const running = await reaches(embedded, 'running');
    expect(running.ingest).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(running.token.length).toBe(43);
    expect(JSON.stringify(running)).not.toContain(running.token.reveal());
    expect(log).toContain('token of 43 characters; argv holds it: false');
  });

  it('comes back after a kill, on the same ports and with a new token', async () => {
    const embedded = create(standIn);
    embedded.start();
    const first = await reaches(embedded, 'running');
    expect(embedded.kill()).toBe(true);
    expect((await reaches(embedded, 'waiting')).why).toContain('SIGKILL');
    const second = await reaches(embedded, 'running');
    expect(second.ingest).toBe(first.ingest);
    expect(second.token.reveal()).not.toBe(first.token.reveal());
  });

  it('says in an operator’s words why it cannot start, and keeps trying', async () => {
    const embedded = create(cannotStart);
    embedded.start();
    expect((await reaches(embedded, 'waiting')).why).toBe('The port is already in use. Choose another. It is started again.');
    await reaches(embedded, 'starting');
  });

  it('restarts in order when asked', async () => {
    const embedded = create(standIn);
    embedded.start();
    const first = await reaches(embedded, 'running');
    const phases: string[] = [];
    embedded.onChange(() => phases.push(embedded.state().phase));
    embedded.restart();
    await reaches(embedded, 'starting');
    expect((await reaches(embedded, 'running')).token).not.toBe(first.token);
    expect(phases).toEqual(['starting', 'running']);
  });

  it('stops with its parent’s channel and does not come back', async () => {
    const embedded = create(standIn);
    embedded.start();
    await reaches(embedded, 'running');
    await embedded.stop();
    expect(embedded.state().phase).toBe('stopped');
    expect(embedded.kill()).toBe(false);
  });

  it('says which lines of a configuration file are wrong, so that the console can', async () => {
    const embedded = create(hasMistakes);
    embedded.start();
    const waiting = await reaches(embedded, 'waiting');
    expect(waiting.why).toContain(
      'The configuration file has mistakes. See details. Line 2, sources: wrong. Line 4, sources: wrong. Line 5, ',
    );
    expect(waiting.why).not.toContain('Line 6');
  });
});
