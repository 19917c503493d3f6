/** The gateways this console knows: the embedded one and the remote ones, each with main's own link. */
import type { Channel } from '#contract/channel.ts';
import type { Environment } from '#contract/desk/operations.ts';
import { appError } from '#contract/errors.ts';
import type { Peer } from '#contract/peer.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { Secret } from '#contract/secret.ts';
import type { EmbeddedGateway } from '../embedded/embedded-gateway.ts';
import type { LayeredStore } from '../keychain/layered-store.ts';
import { tokenAccount } from '../keychain/secret-store.ts';
import { dialGateway, type Endpoint } from '../relay/dial.ts';
import type { Confirm } from './confirm.ts';
import { type DeskFile, embeddedId, type RemoteEnvironment } from './desk-file.ts';
import { checkNewEnvironment, enrolmentQuestion, type GatewayKey, type NewEnvironment, readFirstKey, readGatewayKey } from './enrolment.ts';
import { createGatewayLink, type GatewayLink } from './gateway-link.ts';

export interface EnvironmentsOptions {
  readonly file: DeskFile;
  readonly embedded: EmbeddedGateway;
  readonly secrets: LayeredStore;
  /** Keychain service of an environment. */
  readonly service: (environment: string) => string;
  readonly confirm: Confirm;
  readonly isDemo: boolean;
  readonly onLive: (environment: string, peer: Peer) => void;
  readonly onChange: () => void;
}

export interface Environments {
  list(): readonly Environment[];
  /** A new link for a window. DOCUMENT_NOT_FOUND, GATEWAY_OFFLINE, or why the token cannot be read. */
  dialView(environment: string): Promise<Result<Channel>>;
  /** Main's live link. DOCUMENT_NOT_FOUND, GATEWAY_OFFLINE. */
  peer(environment: string): Result<Peer>;
  /** The gateway's key, if it is the one that was pinned. GATEWAY_KEY_CHANGED. */
  trustedKey(environment: string, peer: Peer): Promise<Result<GatewayKey>>;
  /** Reaches the gateway, has its key confirmed outside the renderer and pins it. */
  add(environment: NewEnvironment, token: Secret): Promise<Result<void>>;
  /** Forgets it, with its token and its credentials in the keychain. */
  remove(environment: string): Promise<Result<void>>;
  /** Tries links that wait, at once. */
  wake(): void;
  close(): void;
}

export function createEnvironments(options: EnvironmentsOptions): Environments {
  const { file, embedded } = options;
  const links = new Map<string, GatewayLink>();
  let embeddedKey: string | null = null;

  async function dial(id: string, audience: 'view' | 'desk'): Promise<Result<Channel>> {
    const found = id === embeddedId ? embeddedEndpoint(embedded) : await remoteEndpoint(options, id);
    return found.ok ? ok(dialGateway(found.value, audience)) : found;
  }

  async function trustedKey(id: string, peer: Peer): Promise<Result<GatewayKey>> {
    const key = await readGatewayKey(peer);
    if (!key.ok) return key;
    const shown = key.value.fingerprint;
    // Our own child, reached on the port it named to us: its key is new at each start and trusted as it is.
    if (id === embeddedId) embeddedKey = shown;
    const pinned = id === embeddedId ? shown : findRemote(file, id)?.keyFingerprint;
    return pinned === shown ? key : err(appError('GATEWAY_KEY_CHANGED', { pinned, shown }));
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

  return {
    list() {
      const state = (id: string) => links.get(id)?.state() ?? { link: 'offline' as const, why: '' };
      const name = options.isDemo ? 'Demo' : 'This machine';
      const own = { id: embeddedId, name, kind: 'embedded' as const, url: null, demo: options.isDemo, keyFingerprint: embeddedKey };
      return [{ ...own, ...state(embeddedId) }, ...file.read().remotes.map((entry) => ({ ...entry, demo: false, ...state(entry.id) }))];
    },
    dialView: (id) => dial(id, 'view'),
    peer(id) {
      const link = links.get(id);
      if (!link) return err(appError('DOCUMENT_NOT_FOUND', { environment: id }));
      const peer = link.peer();
      return peer ? ok(peer) : err(appError('GATEWAY_OFFLINE', { why: link.state().why }));
    },
    trustedKey,
    async add(entry, token) {
      const enrolled = await enrol(options, entry, token);
      if (enrolled.ok) {
        connect(entry.id);
        options.onChange();
      }
      return enrolled;
    },
    async remove(id) {
      const forgotten = await forget(options, id);
      if (!forgotten.ok) return forgotten;
      links.get(id)?.close();
      links.delete(id);
      options.onChange();
      return forgotten;
    },
    wake() {
      for (const link of links.values()) link.wake();
    },
    close() {
      for (const link of links.values()) link.close();
    },
  };
}

function findRemote(file: DeskFile, id: string): RemoteEnvironment | undefined {
  return file.read().remotes.find((entry) => entry.id === id);
}

function embeddedEndpoint(embedded: EmbeddedGateway): Result<Endpoint> {
  const state = embedded.state();
  return state.phase === 'running'
    ? ok({ url: state.control, token: state.token })
    : err(appError('GATEWAY_OFFLINE', { detail: state.why }));
}

async function remoteEndpoint({ file, secrets, service }: EnvironmentsOptions, id: string): Promise<Result<Endpoint>> {
  const entry = findRemote(file, id);
  if (!entry) return err(appError('DOCUMENT_NOT_FOUND', { environment: id }));
  const token = await secrets.get({ service: service(id), account: tokenAccount });
  if (!token.ok) return token;
  if (token.value) return ok({ url: entry.url, token: token.value });
  return err(appError('AUTH_REQUIRED', { detail: 'The token is not in the keychain: remove the environment and add it again.' }));
}

async function enrol(options: EnvironmentsOptions, entry: NewEnvironment, token: Secret): Promise<Result<void>> {
  const { file, secrets, service, confirm } = options;
  const wrong = checkNewEnvironment(entry, token);
  if (wrong) return err(wrong);
  const isTaken = (): boolean => entry.id === embeddedId || findRemote(file, entry.id) !== undefined;
  if (isTaken()) return err(appError('DOCUMENT_CONFLICT', { environment: entry.id }));
  const key = await readFirstKey({ url: entry.url, token });
  if (!key.ok) return key;
  if (!(await confirm(enrolmentQuestion(entry, key.value.fingerprint)))) return err(appError('CONFIRMATION_DECLINED'));
  const stored = await secrets.set({ service: service(entry.id), account: tokenAccount }, token);
  if (!stored.ok) return stored;
  // Somebody in another window may have been quicker while the question stood.
  if (isTaken()) return err(appError('DOCUMENT_CONFLICT', { environment: entry.id }));
  file.update((content) => ({ ...content, remotes: [...content.remotes, { ...entry, keyFingerprint: key.value.fingerprint }] }));
  return ok(undefined);
}

async function forget({ file, secrets, service }: EnvironmentsOptions, id: string): Promise<Result<void>> {
  if (!findRemote(file, id)) return err(appError('DOCUMENT_NOT_FOUND', { environment: id }));
  const { accounts, failure } = await secrets.list(service(id));
  if (failure && failure.code !== 'KEYCHAIN_UNAVAILABLE') return err(failure);
  for (const account of new Set([tokenAccount, ...accounts])) {
    const gone = await secrets.delete({ service: service(id), account });
    if (!gone.ok) return gone;
  }
  file.update((content) => ({ ...content, remotes: content.remotes.filter((entry) => entry.id !== id) }));
  return ok(undefined);
}
