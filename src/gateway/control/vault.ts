/**
 * The secrets of a gateway, in memory. Each is bound to a destination, a version, a connector
 * and an origin; where any of these no longer fits, the secret is not handed out and the lane
 * parks until somebody binds again. Documents say what is held (never the secret itself; a
 * gateway of its own keeps it sealed there, to open it again after a restart).
 */
import type { Credential } from '#contract/documents/credential.ts';
import type { Document } from '#contract/documents/document.ts';
import type { Result } from '#contract/result.ts';
import type { ConnectorRegistry } from '#gateway/connectors/registry.ts';
import { checkBind, type OpenedCredential } from './credentials/check-bind.ts';
import { type CredentialState, credentialState } from './credentials/credential-state.ts';
import type { GatewayKey } from './credentials/gateway-key.ts';
import { type HeldSecret, holdSecret, maskFields, revealFields } from './credentials/held-secret.ts';
import { createNonces } from './credentials/nonces.ts';
import { type ProvidedCredential, provideCredential } from './credentials/provide.ts';
import { openSealedText } from './credentials/sealed-text.ts';
import type { DocumentStore } from './document-store.ts';
import { isKind } from './store/heads.ts';
import { createWatchers } from './store/watchers.ts';

export interface VaultOptions {
  readonly store: DocumentStore;
  readonly key: GatewayKey;
  readonly connectors: ConnectorRegistry;
  /** Name of the environment that secrets must be sealed for: what `gateway.key` answers. */
  readonly environment: () => string;
  /** Whether to keep secrets sealed in their documents: true for a gateway with a lasting key. */
  readonly keepsSealed: boolean;
  /** Epoch ms. */
  readonly now: () => number;
}

export interface Vault {
  readonly key: GatewayKey;
  readonly environment: () => string;
  /** Cheap: per batch. Looks at the documents of this very moment. */
  credentialFor(destination: string): CredentialState;
  /** The same, but an earlier refusal by the vendor does not count. */
  credentialForCheck(destination: string): CredentialState;
  /** The vendor refused it (authHold). Holds until the next bind. `revision` from `credentialFor`: a late answer to an older credential changes nothing. */
  markRefused(destination: string, detail: string, revision?: number): void;
  /** The vendor accepted it in a check: takes `refused` back. */
  markWorking(destination: string): void;
  /** Opens a sealed credential and checks all it is bound to; keeps nothing yet. */
  open(destination: string, version: number, sealed: string): Result<OpenedCredential>;
  /** Takes an opened one in before its document is committed, so that no moment has neither; the answer undoes it. */
  stage(opened: OpenedCredential): () => void;
  /** A credential from the gateway's own environment. `kept`: a person changed it since, and theirs stays. */
  provide(credential: ProvidedCredential): Result<'provided' | 'kept'>;
  /** Destinations whose sealed credential this key could not open at start. */
  readonly unopened: readonly string[];
  /** Called with a destination's id after its state may have changed. */
  watch(listener: (destination: string) => void): () => void;
  close(): void;
}

/** By destination: the secret in use, and one that waits for its document. */
function createShelf() {
  const held = new Map<string, HeldSecret>();
  const staged = new Map<string, HeldSecret>();
  return {
    held,
    staged,
    secretOf(credential: Credential): HeldSecret | null {
      const candidates = [held.get(credential.destination), staged.get(credential.destination)];
      return candidates.find((one) => one?.version === credential.version && one.fingerprint === credential.fingerprint) ?? null;
    },
    /** Follows a credential document: what was staged for it becomes what is held. */
    follow(id: string, credential: Credential | null): void {
      const next = staged.get(id);
      if (credential === null) held.delete(id);
      else if (next?.version === credential.version) held.set(id, next);
      staged.delete(id);
    },
  };
}

interface Refusal {
  readonly revision: number;
  readonly detail: string;
}

interface Known {
  readonly destination: Document | null;
  readonly credential: Document | null;
  readonly state: CredentialState;
}

export function createVault(options: VaultOptions): Vault {
  const { store, key, connectors, environment, now } = options;
  const { held, staged, secretOf, follow } = createShelf();
  const refused = new Map<string, Refusal>();
  const cache = new Map<string, Known>();
  const nonces = createNonces(now);
  const watchers = createWatchers<string>();
  const unopened = restore(options, held);

  function changed(destination: string): void {
    cache.delete(destination);
    watchers.tell(destination);
  }

  function stateOf(id: string, refusal: Refusal | null): CredentialState {
    const [destination, credential] = [store.get('destination', id), store.get('credential', id)];
    return credentialState({ destination, credential, connectors, secretOf, refused: refusal });
  }

  const unwatch = store.watch((documents) => {
    for (const document of documents) {
      if (isKind(document, 'credential')) follow(document.id, document.value);
      if (document.kind === 'destination' || document.kind === 'credential') changed(document.id);
    }
  });

  return {
    key,
    environment,
    unopened,
    credentialFor(id) {
      const destination = store.get('destination', id);
      const credential = store.get('credential', id);
      const known = cache.get(id);
      // Documents are frozen, so the same object is the same revision.
      if (known !== undefined && known.destination === destination && known.credential === credential) return known.state;
      const state = stateOf(id, refused.get(id) ?? null);
      cache.set(id, { destination, credential, state });
      return state;
    },
    credentialForCheck: (id) => stateOf(id, null),
    markRefused(destination, detail, revision) {
      const current = store.get('credential', destination)?.revision ?? 0;
      if (revision !== undefined && revision !== current) return;
      const secret = held.get(destination);
      refused.set(destination, { revision: current, detail: secret === undefined ? detail : maskFields(detail, revealFields(secret)) });
      changed(destination);
    },
    markWorking(destination) {
      if (refused.delete(destination)) changed(destination);
    },
    open: (destination, version, sealed) => checkBind({ ...options, nonces }, destination, version, sealed),
    stage({ value, secret, nonce, expiresAt }) {
      staged.set(value.destination, secret);
      nonces.add(nonce, expiresAt);
      return () => {
        staged.delete(value.destination);
        nonces.forget(nonce);
      };
    },
    provide(credential) {
      return provideCredential(options, credential, (secret) => {
        held.set(credential.destination, secret);
        changed(credential.destination);
      });
    },
    watch: (listener) => watchers.add(listener),
    close: unwatch,
  };
}

/** Opens again what documents keep sealed. A text that does not say what its document says is not used. */
function restore({ store, key, environment }: VaultOptions, held: Map<string, HeldSecret>): readonly string[] {
  const unopened: string[] = [];
  for (const { id, value } of store.list('credential')) {
    if (value === null || value.sealed === null) continue;
    const opened = openSealedText(key, value.sealed);
    const isSame =
      opened.ok &&
      opened.value.environment === environment() &&
      opened.value.destination === id &&
      opened.value.version === value.version &&
      opened.value.origin === value.origin;
    if (isSame) held.set(id, holdSecret(value.version, opened.value.secret));
    else unopened.push(id);
  }
  return unopened;
}
