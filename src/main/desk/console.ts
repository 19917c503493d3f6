/** The console's main process, whichever host it runs in: the parts, built and joined. */
import { join } from 'node:path';
import type { Channel } from '#contract/channel.ts';
import type { DeskState } from '#contract/desk/operations.ts';
import { createPeer } from '#contract/peer.ts';
import { ok, type Result } from '#contract/result.ts';
import { createEmbeddedGateway } from '../embedded/embedded-gateway.ts';
import type { SpawnGateway } from '../embedded/gateway-process.ts';
import { createKeytarStore, type KeytarStore } from '../keychain/keytar-store.ts';
import { createLayeredStore } from '../keychain/layered-store.ts';
import { serviceOf } from '../keychain/secret-store.ts';
import { createRelay } from '../relay/relay.ts';
import type { Confirm } from './confirm.ts';
import { createCredentialShelf } from './credential-shelf.ts';
import { createCredentials } from './credentials.ts';
import type { DemoController } from './demo.ts';
import { embeddedId, openDeskFile } from './desk-file.ts';
import { createDeskService } from './desk-service.ts';
import { createEnvironments } from './environments.ts';
import { createListeners } from './listeners.ts';
import { type Alarm, createWatch, type WorstState } from './watch.ts';

export interface ConsoleOptions {
  /** Owned by this process already; see owner-lock.ts. */
  readonly dataFolder: string;
  /** The folder used when none is named: its keychain entries carry no suffix. */
  readonly isDefaultFolder: boolean;
  readonly host: DeskState['host'];
  readonly version: string;
  readonly spawnGateway: SpawnGateway;
  readonly ingestPort: number;
  readonly controlPort: number;
  readonly configFile?: string | undefined;
  readonly demo: DemoController | null;
  readonly confirm: Confirm;
  readonly keychain?: KeytarStore;
  /** A destination has just begun to fail. Without this nothing is watched: `worst` and `hasLiveSources` know nothing. */
  readonly onFailing?: (alarm: Alarm) => void;
  /** A handler threw; the window was told `requestId`. */
  readonly onBug: (error: unknown, requestId: string | undefined) => void;
}

export interface Console {
  /** Takes a window's channel to `desk` or `gateway/<environment>`. */
  open(target: string, channel: Channel): void;
  state(): DeskState;
  worst(): WorstState;
  hasLiveSources(): boolean;
  /** Called when `state` or `worst` changed. Returns what ends it. */
  onChange(listener: () => void): () => void;
  /** Tries links that wait, at once; after the machine woke up. */
  wake(): void;
  /** Stops links and the embedded gateway. Resolves when the gateway has ended. */
  stop(): Promise<void>;
  /** The process can only be ended the hard way: see KeytarStore. */
  isKeychainStuck(): boolean;
}

/** Starts the console over its data folder. DATA_CORRUPT or DATA_NEWER when `desk.json` cannot be read. */
export function createConsole(options: ConsoleOptions): Result<Console> {
  const file = openDeskFile(options.dataFolder, options.isDefaultFolder);
  if (!file.ok) return file;
  const changes = createListeners();
  const keychain = options.keychain ?? createKeytarStore();
  const secrets = createLayeredStore(keychain);
  const { spawnGateway: spawn, ingestPort, controlPort, configFile } = options;
  const embedded = createEmbeddedGateway({ spawn, dataFolder: join(options.dataFolder, 'gateway'), ingestPort, controlPort, configFile });
  const watch = createWatch({ onChange: changes.tell, onFailing: options.onFailing ?? (() => {}) });

  const service = (environment: string): string => serviceOf(environment, file.value.read().installation);
  const environments = createEnvironments({
    file: file.value,
    embedded,
    secrets,
    service,
    confirm: options.confirm,
    isDemo: options.demo !== null,
    onLive(environment, peer) {
      if (options.onFailing) watch.follow(environment, peer);
      void credentials.rebindAll(environment);
    },
    onChange: changes.tell,
  });
  const credentials = createCredentials({ shelf: createCredentialShelf({ secrets, service, file: file.value }), environments });

  const state = (): DeskState => ({
    environments: [...environments.list()],
    keychain: secrets.status(),
    host: options.host,
    version: options.version,
  });
  const deskService = createDeskService({ state, onChange: changes.add, environments, credentials, embedded, demo: options.demo });
  const capabilities = [`host:${options.host}`, ...(options.demo ? ['demo'] : [])];
  const relay = createRelay({
    serveDesk(channel) {
      createPeer({
        channel,
        capabilities,
        serve: { service: deskService, context: { audience: 'view', by: 'console' } },
        onBug: options.onBug,
      });
    },
    dial: environments.dialView,
  });

  let keychainState = secrets.status().state;
  secrets.onStatus(() => {
    const before = keychainState;
    keychainState = secrets.status().state;
    changes.tell();
    // It was unlocked, or a dialog was answered: what could not be read before can be now.
    if (keychainState !== 'ready' || before === 'ready' || before === 'unknown') return;
    environments.wake();
    for (const { id, link } of environments.list()) if (link === 'live') void credentials.rebindAll(id);
  });
  embedded.start();
  // So that the console can say from the start whether there is a keychain and whether it is open.
  void secrets.list(service(embeddedId));

  return ok({
    open: relay.open,
    state,
    worst: watch.worst,
    hasLiveSources: watch.hasLiveSources,
    onChange: changes.add,
    wake: environments.wake,
    async stop() {
      environments.close();
      await embedded.stop();
    },
    isKeychainStuck: keychain.isStuck,
  });
}
