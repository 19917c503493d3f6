/** The versions of credentials that the keychain holds, by environment and destination. */
import { type AppError, appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { LayeredStore, StoredIn } from '../keychain/layered-store.ts';
import { credentialAccount, parseCredentialAccount, type SecretName } from '../keychain/secret-store.ts';
import type { DeskFile } from './desk-file.ts';
import { packCredential, type StoredCredential, unpackCredential } from './stored-credential.ts';

export interface Place {
  readonly environment: string;
  readonly destination: string;
}

export interface Versions {
  /** Stored and not deleted, lowest first. */
  readonly versions: readonly number[];
  /** Why those of the keychain are not among them. */
  readonly failure: AppError | null;
}

export interface CredentialShelf {
  list(place: Place): Promise<Versions>;
  /** CREDENTIAL_MISSING, or what the keychain says. */
  get(place: Place, version: number): Promise<Result<StoredCredential>>;
  put(place: Place, version: number, credential: StoredCredential): Promise<Result<StoredIn>>;
  drop(place: Place, version: number): Promise<Result<unknown>>;
  /** From now on no version up to this one is there, even if the keychain is locked and keeps it. */
  bury(place: Place, through: number): void;
  /** The highest version that was ever buried. */
  buried(place: Place): number;
}

export interface ShelfOptions {
  readonly secrets: LayeredStore;
  /** Keychain service of an environment. */
  readonly service: (environment: string) => string;
  readonly file: DeskFile;
}

export function createCredentialShelf({ secrets, service, file }: ShelfOptions): CredentialShelf {
  const keyOf = ({ environment, destination }: Place): string => `${environment}/${destination}`;
  const buried = (place: Place): number => file.read().deletedThrough[keyOf(place)] ?? 0;
  const nameOf = ({ environment, destination }: Place, version: number): SecretName => ({
    service: service(environment),
    account: credentialAccount(destination, version),
  });

  return {
    async list(place) {
      const { accounts, failure } = await secrets.list(service(place.environment));
      const versions = accounts
        .map(parseCredentialAccount)
        .filter((parsed) => parsed?.destination === place.destination)
        .map((parsed) => parsed?.version ?? 0)
        .filter((version) => version > buried(place))
        .sort((left, right) => left - right);
      return { versions, failure };
    },
    async get(place, version) {
      const missing = err<never>(appError('CREDENTIAL_MISSING', { destination: place.destination }));
      if (version <= buried(place)) return missing;
      const packed = await secrets.get(nameOf(place, version));
      if (!packed.ok) return packed;
      const credential = packed.value ? unpackCredential(packed.value) : null;
      return credential ? ok(credential) : missing;
    },
    put: (place, version, credential) => secrets.set(nameOf(place, version), packCredential(credential)),
    drop: (place, version) => secrets.delete(nameOf(place, version)),
    bury(place, through) {
      if (through <= buried(place)) return;
      file.update((content) => ({ ...content, deletedThrough: { ...content.deletedThrough, [keyOf(place)]: through } }));
    },
    buried,
  };
}
