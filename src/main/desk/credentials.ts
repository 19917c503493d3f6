/**
 * The way of a secret: what an operator typed becomes opaque at once, goes into the keychain,
 * and to the gateway sealed to its pinned key. After a restart of either side whatever the
 * keychain holds is bound again, but only to the address it was given for.
 */
import { type AppError, appError } from '#contract/errors.ts';
import { operations } from '#contract/operations/index.ts';
import type { Peer } from '#contract/peer.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { Secret } from '#contract/secret.ts';
import type { StoredIn } from '../keychain/layered-store.ts';
import { type CredentialRow, checkFields, findCredentialRow } from './credential-row.ts';
import type { CredentialShelf, Place } from './credential-shelf.ts';
import type { GatewayKey } from './enrolment.ts';
import type { Environments } from './environments.ts';
import { createLocks } from './locks.ts';
import { sealCredential } from './seal.ts';
import type { StoredCredential } from './stored-credential.ts';

export interface Where extends Place {
  readonly reason?: string | undefined;
}

export interface Credentials {
  /** Stores a new version and gives it to the gateway. Where that fails for certain, the keychain is as before. */
  put(where: Where, fields: Readonly<Record<string, Secret>>): Promise<Result<{ version: number; fingerprint: string; stored: StoredIn }>>;
  /** Takes it from the gateway, then from the keychain. */
  remove(where: Where): Promise<Result<void>>;
  /** Binds what is stored to the address the destination has now: an operator's decision. */
  rebind(where: Where): Promise<Result<{ version: number }>>;
  /** Binds what is stored wherever a destination lacks its credential and still has the address it was given for. */
  rebindAll(environment: string): Promise<void>;
}

export interface CredentialsOptions {
  readonly shelf: CredentialShelf;
  readonly environments: Pick<Environments, 'peer' | 'trustedKey'>;
  readonly now?: () => number;
}

type Work<T> = (peer: Peer, where: Where) => Promise<Result<T>>;

export function createCredentials({ shelf, environments, now = Date.now }: CredentialsOptions): Credentials {
  const locks = createLocks();
  /** Runs work over the live link of an environment, one at a time for each destination. */
  function withLink<T>(where: Where, work: Work<T>): Promise<Result<T>> {
    return locks.run(`${where.environment}/${where.destination}`, async () => {
      const peer = environments.peer(where.environment);
      return peer.ok ? work(peer.value, where) : peer;
    });
  }

  async function bind(where: Where, peer: Peer, version: number, credential: StoredCredential): Promise<Result<{ fingerprint: string }>> {
    const key = await environments.trustedKey(where.environment, peer);
    return key.ok ? handOver(peer, where, key.value, { version, ...credential }, now()) : key;
  }

  async function store(peer: Peer, where: Where, row: CredentialRow, fields: StoredCredential['fields']): ReturnType<Credentials['put']> {
    const { versions } = await shelf.list(where);
    const version = Math.max(row.version ?? 0, versions.at(-1) ?? 0, shelf.buried(where)) + 1;
    const credential = { origin: row.origin, fields };
    const kept = await shelf.put(where, version, credential);
    if (!kept.ok) return kept;
    const bound = await bind(where, peer, version, credential);
    if (!bound.ok) {
      // A lost answer may have been a yes. Then the gateway names this version, and it is bound again by itself.
      if (!isUncertain(bound.error)) await shelf.drop(where, version);
      return bound;
    }
    for (const old of versions) await shelf.drop(where, old);
    return ok({ version, fingerprint: bound.value.fingerprint, stored: kept.value });
  }

  const rebind: Work<{ version: number }> = async (peer, where) => {
    const row = await findCredentialRow(peer, where.destination);
    if (!row.ok) return row;
    const { versions, failure } = await shelf.list(where);
    const version = versions.at(-1);
    if (version === undefined) return err(failure ?? appError('CREDENTIAL_MISSING', { destination: where.destination }));
    const found = await shelf.get(where, version);
    if (!found.ok) return found;
    const credential = { ...found.value, origin: row.value.origin };
    const bound = await bind(where, peer, version, credential);
    if (!bound.ok) return bound;
    // Also tries again to get a secret that is kept for this session into the keychain.
    const kept = await shelf.put(where, version, credential);
    return kept.ok ? ok({ version }) : kept;
  };

  function rebindMissing(environment: string, row: CredentialRow): Promise<Result<unknown>> {
    const where = { environment, destination: row.destination, reason: 'bound again from the keychain' };
    return withLink(where, async (peer) => {
      // The version that the gateway last had. Another one was refused by it, or replaced by somebody else's.
      const version = row.version ?? (await shelf.list(where)).versions.at(-1);
      const found = version === undefined ? null : await shelf.get(where, version);
      if (version === undefined || !found?.ok) return ok(undefined);
      // Another address was chosen by nobody here.
      return found.value.origin === row.origin ? bind(where, peer, version, found.value) : ok(undefined);
    });
  }

  return {
    put: (where, fields) =>
      withLink(where, async (peer) => {
        const row = await findCredentialRow(peer, where.destination);
        if (!row.ok) return row;
        const wrong = checkFields(row.value, fields);
        return wrong ? err(wrong) : store(peer, where, row.value, fields);
      }),
    remove: (where) => withLink(where, (peer) => takeAway(peer, where, shelf)),
    rebind: (where) => withLink(where, rebind),
    async rebindAll(environment) {
      const peer = environments.peer(environment);
      const listed = peer.ok ? await peer.value.call(operations['credential.list'], {}) : peer;
      if (!listed.ok) return;
      const missing = listed.value.credentials.filter((row) => row.state === 'missing' && row.from !== 'environment');
      for (const row of missing) await rebindMissing(environment, row);
    },
  };
}

/** What the gateway has goes first: that is where a leaked credential does harm. */
async function takeAway(peer: Peer, where: Where, shelf: CredentialShelf): Promise<Result<void>> {
  const { destination, reason } = where;
  const row = await findCredentialRow(peer, destination);
  const removed = await peer.call(operations['credential.remove'], { destination, reason });
  if (!removed.ok && !isAlreadyGone(removed.error)) return removed;
  const { versions, failure } = await shelf.list(where);
  shelf.bury(where, Math.max(row.ok ? (row.value.version ?? 0) : 0, versions.at(-1) ?? 0));
  const drops = [];
  for (const version of versions) drops.push(await shelf.drop(where, version));
  const refusal = failure?.code === 'KEYCHAIN_UNAVAILABLE' ? null : (failure ?? drops.find((drop) => !drop.ok)?.error);
  if (!refusal) return ok(undefined);
  const detail =
    'The gateway no longer has the credential, and Sluice will not use it again. The keychain still holds it: unlock it and delete it there.';
  return err({ ...refusal, details: { ...refusal.details, detail } });
}

async function handOver(
  peer: Peer,
  { destination, reason }: Where,
  { environment, publicKey }: GatewayKey,
  credential: StoredCredential & { readonly version: number },
  nowMs: number,
): Promise<Result<{ fingerprint: string }>> {
  const sealed = await sealCredential({ environment, destination, ...credential }, publicKey, nowMs);
  return peer.call(operations['credential.bind'], { destination, version: credential.version, sealed, reason });
}

function isUncertain(error: AppError): boolean {
  return error.code === 'PEER_CLOSED' || error.code === 'PEER_DEADLINE';
}

function isAlreadyGone(error: AppError): boolean {
  return error.code === 'CREDENTIAL_MISSING' || error.code === 'DOCUMENT_NOT_FOUND';
}
