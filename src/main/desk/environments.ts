/** The gateways this console knows: the embedded one and the remote ones, each with main's own link. */
import type { Channel } from '#contract/channel.ts';
import type { Environment } from '#contract/desk/operations.ts';
import { appError } from '#contract/errors.ts';
import { operations } from '#contract/operations/index.ts';
import { createPeer, type Peer } from '#contract/peer.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { Secret } from '#contract/secret.ts';
import type { EmbeddedGateway } from '../embedded/embedded-gateway.ts';
import type { LayeredStore } from '../keychain/layered-store.ts';
import { serviceOf, tokenAccount } from '../keychain/secret-store.ts';
import { dialGateway, type Endpoint, tokenPattern } from '../relay/dial.ts';
import type { Confirm } from './confirm.ts';
import { type DeskFile, embeddedId, type RemoteEnvironment } from './desk-file.ts';
import { createGatewayLink, type GatewayLink } from './gateway-link.ts';
import { keyFingerprint } from './seal.ts';

export interface GatewayKey {
  /** 32 bytes, base64. */
  readonly publicKey: string;
  readonly fingerprint: string;
  /** What the gateway calls its environment; sealed credentials name it. */
  readonly environment: string;
}

export interface EnvironmentsOptions {
  readonly file: DeskFile;
  readonly embedded: EmbeddedGateway;
  readonly secrets: LayeredStore;
  readonly confirm: Confirm;
  readonly isDemo: boolean;
  readonly onLive: (environment: string, peer: Peer) => void;
  readonly onChange: () => void;
}

export type NewEnvironment = Pick<RemoteEnvironment, 'id' | 'name' | 'kind' | 'url'>;

export interface Environments {
  list(): readonly Environment[];
  /** A new link for a window. DOCUMENT_NOT_FOUND, GATEWAY_OFFLINE, or why the token cannot be read. */
  dialView(environment: string): Promise<Result<Channel>>;
  /** Main's live link. DOCUMENT_NOT_FOUND, GATEWAY_OFFLINE. */
  peer(environment: string): Result<Peer>;
  /** The gateway's key, if it is the one that was pinned. GATEWAY_KEY_CHANGED. */
  trustedKey(environment: string, peer: Peer): Promise<Result<GatewayKey>>;
  /** Keychain service of an environment. */
  service(environment: string): string;
  /** Reaches the gateway, has its key confirmed outside the renderer and pins it. */
  add(environment: NewEnvironment, token: Secret): Promise<Result<void>>;
  remove(environment: string): Promise<Result<void>>;
  /** Tries links that wait, at once. */
  wake(): void;
  close(): void;
}

export function createEnvironments(options: EnvironmentsOptions): Environments {
  const { file, embedded, secrets } = options;
  const links = new Map<string, GatewayLink>();
  let embeddedKey: string | null = null;

  const service = (environment: string): string => serviceOf(environment, file.read().installation);
  const remote = (id: string): RemoteEnvironment | undefined => file.read().remotes.find((entry) => entry.id === id);

  async function endpoint(id: string): Promise<Result<Endpoint>> {
    if (id === embeddedId) return embeddedEndpoint(embedded);
    const entry = remote(id);
    if (!entry) return err(appError('DOCUMENT_NOT_FOUND', { environment: id }));
    const token = await secrets.get({ service: service(id), account: tokenAccount });
    if (!token.ok) return token;
    if (!token.value)
      return err(appError('AUTH_REQUIRED', { detail: 'The token is not in the keychain: remove the environment and add it again.' }));
    return ok({ url: entry.url, token: token.value });
  }

  async function dial(id: string, audience: 'view' | 'desk'): Promise<Result<Channel>> {
    const found = await endpoint(id);
    return found.ok ? ok(dialGateway(found.value, audience)) : found;
  }

  async function trustedKey(id: string, peer: Peer): Promise<Result<GatewayKey>> {
    const key = await readKey(peer);
    if (!key.ok) return key;
    if (id === embeddedId) {
      // Our own child, reached on the port it named to us: its key is new at each start and trusted as it is.
      embeddedKey = key.value.fingerprint;
      return key;
    }
    const pinned = remote(id)?.keyFingerprint;
    return pinned === key.value.fingerprint ? key : err(appError('GATEWAY_KEY_CHANGED', { pinned, shown: key.value.fingerprint }));
  }

  function connect(id: string): void {
    const link = createGatewayLink({
      dial: () => dial(id, 'desk'),
      admit: async (peer) => {
        const key = await trustedKey(id, peer);
        return key.ok ? ok(undefined) : key;
      },
      onLive: (peer) => options.onLive(id, peer),
      onChange: options.onChange,
    });
    links.set(id, link);
  }

  for (const id of [embeddedId, ...file.read().remotes.map((entry) => entry.id)]) connect(id);
  embedded.onChange(() => {
    links.get(embeddedId)?.wake();
    options.onChange();
  });

  async function add(entry: NewEnvironment, token: Secret): Promise<Result<void>> {
    const wrong = checkNew(entry, token);
    if (wrong) return err(wrong);
    if (entry.id === embeddedId || remote(entry.id)) return err(appError('DOCUMENT_CONFLICT', { environment: entry.id }));
    const key = await firstKey({ url: entry.url, token });
    if (!key.ok) return key;
    const isConfirmed = await options.confirm({
      title: `Add the environment “${entry.name}”?`,
      detail: `Gateway: ${entry.url}\nIts key: ${key.value.fingerprint}\nCompare the key with the one the gateway's owner sees. Credentials will be sealed to it.`,
      action: 'Add and trust this key',
    });
    if (!isConfirmed) return err(appError('CONFIRMATION_DECLINED'));
    if (remote(entry.id)) return err(appError('DOCUMENT_CONFLICT', { environment: entry.id }));
    const stored = await secrets.set({ service: service(entry.id), account: tokenAccount }, token);
    if (!stored.ok) return stored;
    file.update((content) => ({ ...content, remotes: [...content.remotes, { ...entry, keyFingerprint: key.value.fingerprint }] }));
    connect(entry.id);
    options.onChange();
    return ok(undefined);
  }

  async function remove(id: string): Promise<Result<void>> {
    if (!remote(id)) return err(appError('DOCUMENT_NOT_FOUND', { environment: id }));
    for (const account of [tokenAccount, ...(await secrets.list(service(id)))]) {
      const gone = await secrets.delete({ service: service(id), account });
      if (!gone.ok) return gone;
    }
    links.get(id)?.close();
    links.delete(id);
    file.update((content) => ({ ...content, remotes: content.remotes.filter((entry) => entry.id !== id) }));
    options.onChange();
    return ok(undefined);
  }

  return {
    list() {
      const states = (id: string) => links.get(id)?.state() ?? { link: 'offline' as const, why: '' };
      const own: Environment = {
        ...{ id: embeddedId, name: options.isDemo ? 'Demo' : 'This machine', kind: 'embedded', url: null, demo: options.isDemo },
        keyFingerprint: embeddedKey,
        ...states(embeddedId),
      };
      return [own, ...file.read().remotes.map((entry) => ({ ...entry, demo: false, ...states(entry.id) }))];
    },
    dialView: (id) => dial(id, 'view'),
    peer(id) {
      const link = links.get(id);
      if (!link) return err(appError('DOCUMENT_NOT_FOUND', { environment: id }));
      const peer = link.peer();
      return peer ? ok(peer) : err(appError('GATEWAY_OFFLINE', { why: link.state().why }));
    },
    trustedKey,
    service,
    add,
    remove,
    wake() {
      for (const link of links.values()) link.wake();
    },
    close() {
      for (const link of links.values()) link.close();
    },
  };
}

function embeddedEndpoint(embedded: EmbeddedGateway): Result<Endpoint> {
  const state = embedded.state();
  return state.phase === 'running'
    ? ok({ url: state.control, token: state.token })
    : err(appError('GATEWAY_OFFLINE', { detail: state.why }));
}

async function readKey(peer: Peer): Promise<Result<GatewayKey>> {
  const shown = await peer.call(operations['gateway.key'], {});
  if (!shown.ok) return shown;
  // Computed here: what a gateway says of its own key proves nothing.
  return ok({ publicKey: shown.value.publicKey, environment: shown.value.environment, fingerprint: keyFingerprint(shown.value.publicKey) });
}

/** The key of a gateway that is not known yet. */
async function firstKey(endpoint: Endpoint): Promise<Result<GatewayKey>> {
  const peer = createPeer({ channel: dialGateway(endpoint, 'desk') });
  const key = await readKey(peer);
  peer.close();
  return key;
}

function checkNew(entry: NewEnvironment, token: Secret): ReturnType<typeof appError> | null {
  const issue = (path: string, message: string) => appError('INPUT_INVALID', { issues: [{ path, message }] });
  if (!tokenPattern.test(token.reveal())) return issue('token', 'use 16 to 512 letters, digits and -._~ only');
  const { protocol, hostname, username, password } = new URL(entry.url);
  if (username !== '' || password !== '') return issue('url', 'leave user name and password out of the URL');
  const isLoopback = hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname);
  return protocol === 'wss:' || isLoopback ? null : issue('url', 'use wss: the token must not cross a network in the clear');
}
