import type { Credential } from '#contract/documents/credential.ts';
import type { Destination } from '#contract/documents/destination.ts';
import { ok, type Result } from '#contract/result.ts';
import type { Secret } from '#contract/secret.ts';
import type { ConnectorRegistry } from '#gateway/connectors/registry.ts';
import type { DocumentStore } from '../document-store.ts';
import { findTarget } from './check-bind.ts';
import { type HeldSecret, holdSecret } from './held-secret.ts';
import { lastCredential } from './last-version.ts';
import { checkSecret } from './transport-secret.ts';

export interface ProvidedCredential {
  readonly destination: string;
  /** The destination as the configuration file has it. */
  readonly declared: Destination;
  readonly fields: ReadonlyMap<string, Secret>;
}

/**
 * Takes a credential from the gateway's own environment, bound to the address that the
 * configuration file declares, never to what a command has made of it since: whoever can
 * change an endpoint could otherwise have the secret sent there by a restart. One that a
 * person bound or removed since wins over it (`kept`), as with every document of the file.
 */
export function provideCredential(
  { store, connectors }: { readonly store: DocumentStore; readonly connectors: ConnectorRegistry },
  { destination, declared, fields }: ProvidedCredential,
  hold: (secret: HeldSecret) => void,
): Result<'provided' | 'kept'> {
  const head = store.get('credential', destination);
  const isRemoved = !store.get('destination', destination)?.value;
  if (isRemoved || (head !== null && head.by !== 'config')) return ok('kept');
  const target = findTarget(declared, destination, connectors);
  if (!target.ok) return target;
  const values = Object.fromEntries([...fields].map(([name, field]) => [name, field.reveal()]));
  const checked = checkSecret(values, target.value.fields);
  if (!checked.ok) return checked;
  const last = lastCredential(store, destination);
  const { origin, connector } = target.value;
  const draft = holdSecret(1, values);
  const isSame =
    head?.value && head.value.fingerprint === draft.fingerprint && head.value.origin === origin && head.value.connector === connector.id;
  if (isSame) {
    hold({ ...draft, version: head.value.version });
    return ok('provided');
  }
  const secret = { ...draft, version: (last?.version ?? 0) + 1 };
  const value: Credential = {
    destination,
    connector: connector.id,
    version: secret.version,
    origin,
    fingerprint: secret.fingerprint,
    from: 'environment',
    sealed: null,
  };
  hold(secret);
  const written = store.commit([{ kind: 'credential', id: destination, value }], {
    by: 'config',
    action: 'credential.provide',
    target: `credential/${destination}`,
    reason: 'from the environment of the gateway',
    commandId: null,
  });
  return written.ok ? ok('provided') : written;
}
