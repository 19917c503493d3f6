import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryPair } from '#contract/channels/memory.ts';
import { createPeer, type Peer } from '#contract/peer.ts';
import { type Console, type ConsoleOptions, createConsole } from '#main/desk/console.ts';
import type { GatewayProcess, SpawnGateway } from '#main/embedded/gateway-process.ts';
import { createKeytarStore, type KeytarStore } from '#main/keychain/keytar-store.ts';
import { createWindowsLikeBackend } from '../keychain/entry-backend.ts';
import { type StandInGateway, startStandInGateway } from './stand-in-gateway.ts';

/** A gateway "process" that is a stand-in inside this one: it takes the token it is given. */
export function createSpawnOfStandIn(onStarted: (gateway: StandInGateway) => void): SpawnGateway {
  return (): GatewayProcess => {
    let lineListener: (line: string) => void = () => {};
    let exitListener: (how: string) => void = () => {};
    let started: Promise<StandInGateway> | null = null;
    const end = (how: string): void => {
      void (started ?? Promise.resolve(null)).then(async (gateway) => {
        await gateway?.close();
        exitListener(how);
      });
    };
    return {
      send(line) {
        const { token } = JSON.parse(line) as { token: string };
        started = startStandInGateway({ token });
        void started.then((gateway) => {
          onStarted(gateway);
          lineListener(JSON.stringify({ ready: true, ingest: 'http://127.0.0.1:4999', control: gateway.url }));
        });
      },
      onLine: (listener) => {
        lineListener = listener;
      },
      onLogLine: () => {},
      onExit: (listener) => {
        exitListener = listener;
      },
      close: () => end('exit code 0'),
      kill: () => end('SIGKILL'),
    };
  };
}

export interface DeskUnderTest {
  readonly console: Console;
  readonly folder: string;
  /** A window's peer to the desk. */
  window(): Peer;
  embedded(): Promise<StandInGateway>;
  /** Resolves when the state answers the question with yes. */
  until(question: (state: ReturnType<Console['state']>) => boolean): Promise<void>;
  stop(): Promise<void>;
}

export function startDesk(options: Partial<ConsoleOptions> & { keychain?: KeytarStore } = {}): DeskUnderTest {
  const folder = options.dataFolder ?? mkdtempSync(join(tmpdir(), 'sluice-desk-'));
  const { promise: embedded, resolve } = Promise.withResolvers<StandInGateway>();
  const created = createConsole({
    dataFolder: folder,
    isDefaultFolder: false,
    host: 'browser',
    version: '0.0.0',
    spawnGateway: createSpawnOfStandIn(resolve),
    ingestPort: 0,
    controlPort: 0,
    demo: null,
    confirm: async () => true,
    keychain: createKeytarStore({ load: async () => createWindowsLikeBackend() }),
    onBug: (bug) => {
      throw bug;
    },
    ...options,
  });
  if (!created.ok) throw new Error(created.error.message);
  const desk = created.value;
  return {
    console: desk,
    folder,
    window() {
      const [page, main] = createMemoryPair();
      desk.open('desk', main);
      return createPeer({ channel: page });
    },
    embedded: () => embedded,
    until(question) {
      return new Promise((done) => {
        const look = (): void => {
          if (!question(desk.state())) return;
          stop();
          done();
        };
        const stop = desk.onChange(look);
        queueMicrotask(look);
      });
    },
    async stop() {
      await desk.stop();
      if (!options.dataFolder) rmSync(folder, { recursive: true, force: true });
    },
  };
}
