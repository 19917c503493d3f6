/**
 * The way of a secret: what an operator typed becomes opaque at once, goes into the keychain,
 * and to the gateway sealed to its pinned key. After a restart of either side whatever the
 * keychain holds is bound again, but only to the address it was given for.
 */
import type { AppError } from '#contract/errors.ts';
import { appError } from '#contract/errors.ts';
import type { OutputOf } from '#contract/operation.ts';
import { operations } from '#contract/operations/index.ts';
import type { Peer } from '#contract/peer.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { Secret } from '#contract/secret.ts';
import type { LayeredStore, StoredIn } from '../keychain/layered-store.ts';
import { credentialAccount, parseCredentialAccount } from '../keychain/secret-store.ts';
import type { DeskFile } from './desk-file.ts';
import type { Environments } from './environments.ts';
import { createLocks } from './locks.ts';
import { sealCredential } from './seal.ts';
import { packCredential, type StoredCredential, unpackCredential } from './stored-credential.ts';

type CredentialRow = OutputOf<(typeof operations)['credential.list']>['credentials'][number];

export interface Where {
  readonly environment: string;
  readonly destination: string;
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
  readonly secrets: LayeredStore;
  readonly environments: Pick<Environments, 'peer' | 'trustedKey' | 'service'>;
  readonly file: DeskFile;
  readonly now?: () => number;
}

export function createCredentials({ secrets, environments, file, now = Date.now }: CredentialsOptions): Credentials {
  const locks = createLocks();
  const nameOf = ({ environment, destination }: Where, version: number) => ({
    service: environments.service(environment),
    account: credentialAccount(destination, version),
  });
  const deletedName = ({ environment, destination }: Where, version: number): string => `${environment}/${destination}/${version}`;

  async function versions({ environment, destination }: Where): Promise<readonly number[]> {
    const accounts = await secrets.list(environments.service(environment));
    return accounts
      .map(parseCredentialAccount)
      .filter((parsed) => parsed !== null)
      .filter((parsed) => parsed.destination === destination)
      .map((parsed) => parsed.version)
      .sort((left, right) => left - right);
  }

  async function bind(where: Where, peer: Peer, version: number, credential: StoredCredential): Promise<Result<{ fingerprint: string }>> {
    const { environment, destination, reason } = where;
    const key = await environments.trustedKey(environment, peer);
    if (!key.ok) return key;
    const named = { environment: key.value.environment, destination, version, ...credential };
    const sealed = await sealCredential(named, key.value.publicKey, now());
    return peer.call(operations['credential.bind'], { destination, version, sealed, reason });
  }

  async function put(where: Where, fields: Readonly<Record<string, Secret>>): ReturnType<Credentials['put']> {
    const peer = environments.peer(where.environment);
    if (!peer.ok) return peer;
    const row = await findRow(peer.value, where.destination);
    if (!row.ok) return row;
    const wrong = checkFields(row.value, fields);
    if (wrong) return err(wrong);

    const stored = await versions(where);
    const version = Math.max(row.value.version ?? 0, stored.at(-1) ?? 0) + 1;
    const credential: StoredCredential = { origin: row.value.origin, fields };
    const kept = await secrets.set(nameOf(where, version), packCredential(credential));
    if (!kept.ok) return kept;
    const bound = await bind(where, peer.value, version, credential);
    if (!bound.ok) {
      // A lost answer may have been a yes: then this version is the one to bind again.
      if (!isUncertain(bound.error)) await forget(where, version);
      return bound;
    }
    for (const old of stored) await secrets.delete(nameOf(where, old));
    return ok({ version, fingerprint: bound.value.fingerprint, stored: kept.value });
  }

  /** Deletes a version for good. Written down first: a keychain that is locked now keeps it, and it must not come back by itself. */
  async function forget(where: Where, version: number): Promise<Result<unknown>> {
    const name = deletedName(where, version);
    file.update((content) => ({ ...content, deleted: [...content.deleted.filter((entry) => entry !== name), name] }));
    const gone = await secrets.delete(nameOf(where, version));
    if (gone.ok) file.update((content) => ({ ...content, deleted: content.deleted.filter((entry) => entry !== name) }));
    return gone;
  }

  async function remove(where: Where): Promise<Result<void>> {
    const peer = environments.peer(where.environment);
    if (!peer.ok) return peer;
    const { destination, reason } = where;
    const removed = await peer.value.call(operations['credential.remove'], { destination, reason });
    if (!removed.ok && !isAlreadyGone(removed.error)) return removed;
    for (const version of await versions(where)) {
      const gone = await forget(where, version);
      if (!gone.ok) return err(gone.error);
    }
    return ok(undefined);
  }

  /** The newest version that is stored and was not deleted. */
  async function latest(where: Where): Promise<Result<{ version: number; credential: StoredCredential }>> {
    const deleted = new Set(file.read().deleted);
    for (const version of (await versions(where)).toReversed()) {
      if (deleted.has(deletedName(where, version))) continue;
      const packed = await secrets.get(nameOf(where, version));
      if (!packed.ok) return packed;
      const credential = packed.value ? unpackCredential(packed.value) : null;
      if (credential) return ok({ version, credential });
    }
    return err(appError('CREDENTIAL_MISSING', { destination: where.destination }));
  }

  async function rebind(where: Where): Promise<Result<{ version: number }>> {
    const peer = environments.peer(where.environment);
    if (!peer.ok) return peer;
    const row = await findRow(peer.value, where.destination);
    if (!row.ok) return row;
    const found = await latest(where);
    if (!found.ok) return found;
    const { version } = found.value;
    const credential = { ...found.value.credential, origin: row.value.origin };
    const bound = await bind(where, peer.value, version, credential);
    if (!bound.ok) return bound;
    const kept = await secrets.set(nameOf(where, version), packCredential(credential));
    return kept.ok ? ok({ version }) : kept;
  }

  async function rebindOne(environment: string, peer: Peer, row: CredentialRow): Promise<void> {
    const where = { environment, destination: row.destination };
    const found = await latest(where);
    // A newer version than ours was given by somebody else; another address was chosen by nobody here.
    if (!found.ok || found.value.version < (row.version ?? 0) || found.value.credential.origin !== row.origin) return;
    await bind({ ...where, reason: 'bound again from the keychain' }, peer, found.value.version, found.value.credential);
  }

  return {
    put: (where, fields) => locks.run(deletedName(where, 0), () => put(where, fields)),
    remove: (where) => locks.run(deletedName(where, 0), () => remove(where)),
    rebind: (where) => locks.run(deletedName(where, 0), () => rebind(where)),
    async rebindAll(environment) {
      const peer = environments.peer(environment);
      if (!peer.ok) return;
      const listed = await peer.value.call(operations['credential.list'], {});
      if (!listed.ok) return;
      for (const row of listed.value.credentials) {
        if (row.state !== 'missing' || row.from === 'environment') continue;
        await locks.run(deletedName({ environment, destination: row.destination }, 0), () => rebindOne(environment, peer.value, row));
      }
    },
  };
}

async function findRow(peer: Peer, destination: string): Promise<Result<CredentialRow>> {
  const listed = await peer.call(operations['credential.list'], {});
  if (!listed.ok) return listed;
  const row = listed.value.credentials.find((entry) => entry.destination === destination);
  return row ? ok(row) : err(appError('DOCUMENT_NOT_FOUND', { destination }));
}

/** Names fields only, never what is in them. */
function checkFields(row: CredentialRow, fields: Readonly<Record<string, Secret>>): AppError | null {
  const wanted = row.fields.map(({ name }) => name);
  const issues = [
    ...wanted.filter((name) => !Object.hasOwn(fields, name)).map((name) => ({ path: name, message: 'is missing' })),
    ...Object.keys(fields)
      .filter((name) => !wanted.includes(name))
      .map((name) => ({ path: name, message: 'is not a field of this connector' })),
  ];
  if (issues.length > 0) return appError('INPUT_INVALID', { issues });
  const empty = Object.entries(fields).find(([, value]) => value.length === 0);
  return empty ? appError('SECRET_EMPTY', { field: empty[0] }) : null;
}

function isUncertain(error: AppError): boolean {
  return error.code === 'PEER_CLOSED' || error.code === 'PEER_DEADLINE';
}

function isAlreadyGone(error: AppError): boolean {
  return error.code === 'CREDENTIAL_MISSING' || error.code === 'DOCUMENT_NOT_FOUND';
}
