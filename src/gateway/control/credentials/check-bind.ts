import type { Credential } from '#contract/documents/credential.ts';
import type { Destination } from '#contract/documents/destination.ts';
import { appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { Connector, CredentialField } from '#gateway/connectors/connector.ts';
import type { ConnectorRegistry } from '#gateway/connectors/registry.ts';
import { credentialFields } from '#gateway/transport/reach.ts';
import type { DocumentStore } from '../document-store.ts';
import type { GatewayKey } from './gateway-key.ts';
import { type HeldSecret, holdSecret } from './held-secret.ts';
import { lastCredential } from './last-version.ts';
import { maxSealLifeMs, type Nonces } from './nonces.ts';
import { bindingOf } from './origin.ts';
import { openSealedText, type SealedText } from './sealed-text.ts';
import { checkSecret } from './transport-secret.ts';

interface BindContext {
  readonly store: DocumentStore;
  readonly key: GatewayKey;
  readonly connectors: ConnectorRegistry;
  readonly environment: () => string;
  readonly keepsSealed: boolean;
  readonly nonces: Nonces;
  readonly now: () => number;
}

/** A credential that may be bound: the document to write and the secret to hold. */
export interface OpenedCredential {
  readonly value: Credential;
  readonly secret: HeldSecret;
  readonly nonce: string;
  readonly expiresAt: number;
}

/**
 * Opens a sealed credential and checks every part of it against this gateway at this moment.
 * CREDENTIAL_SEAL_INVALID with `why`, CREDENTIAL_ORIGIN_CHANGED, DOCUMENT_CONFLICT (an older
 * version, or another secret under the same one), DOCUMENT_NOT_FOUND, INPUT_INVALID,
 * SECRET_EMPTY, SECRET_TOO_LONG.
 */
export function checkBind(context: BindContext, destination: string, version: number, sealed: string): Result<OpenedCredential> {
  const target = findTarget(context.store.get('destination', destination)?.value ?? null, destination, context.connectors);
  if (!target.ok) return target;
  const opened = openSealedText(context.key, sealed);
  if (!opened.ok) return opened;
  const text = opened.value;
  const wrong = whyNotForUs(context, text, destination, version);
  if (wrong !== null) return err(appError('CREDENTIAL_SEAL_INVALID', { why: wrong }));
  if (text.origin !== target.value.origin)
    return err(appError('CREDENTIAL_ORIGIN_CHANGED', { sealedFor: text.origin, origin: target.value.origin }));
  const fields = checkSecret(text.secret, target.value.fields);
  if (!fields.ok) return fields;
  const secret = holdSecret(version, text.secret);
  const order = checkVersion(context.store, destination, secret);
  if (!order.ok) return order;
  const { origin, connector } = target.value;
  const value: Credential = {
    destination,
    connector: connector.id,
    version,
    origin,
    fingerprint: secret.fingerprint,
    from: 'desk',
    sealed: context.keepsSealed ? sealed : null,
  };
  return ok({ value, secret, nonce: text.nonce, expiresAt: text.expiresAt });
}

/** The connector of a destination that takes a credential, its fields, and what it is bound to. DOCUMENT_NOT_FOUND, INPUT_INVALID. */
export function findTarget(
  destination: Destination | null,
  id: string,
  connectors: ConnectorRegistry,
): Result<{ readonly connector: Connector; readonly fields: readonly CredentialField[]; readonly origin: string }> {
  const connector = destination === null ? null : connectors.get(destination.connector);
  if (destination === null || connector === null) return err(appError('DOCUMENT_NOT_FOUND', { kind: 'destination', id }));
  const fields = credentialFields(destination, connector);
  if (fields.length === 0)
    return err(appError('INPUT_INVALID', { issues: [{ path: 'destination', message: `${connector.title} needs no credential` }] }));
  const origin = bindingOf(destination, connector);
  if (origin === null)
    return err(
      appError('INPUT_INVALID', {
        issues: [{ path: 'destination', message: 'set its endpoint first: a credential is bound to an address' }],
      }),
    );
  return ok({ connector, fields, origin });
}

function whyNotForUs({ environment, nonces, now }: BindContext, text: SealedText, destination: string, version: number): string | null {
  if (text.environment !== environment()) return 'it was sealed for another environment';
  if (text.destination !== destination) return 'it was sealed for another destination';
  if (text.version !== version) return 'it was sealed as another version';
  if (text.expiresAt <= now()) return 'it has expired';
  if (text.expiresAt > now() + maxSealLifeMs) return 'it expires too far ahead; check the clocks';
  if (nonces.has(text.nonce)) return 'it was already used';
  return nonces.isFull() ? 'too many were bound of late; wait a while' : null;
}

/** Versions only grow; the same version only for the same secret (after a restart, or for a new address). */
function checkVersion(store: DocumentStore, destination: string, secret: HeldSecret): Result<void> {
  const last = lastCredential(store, destination);
  const isRemoved = store.get('credential', destination)?.value === null;
  const fits =
    last === null ||
    secret.version > last.version ||
    (!isRemoved && secret.version === last.version && secret.fingerprint === last.fingerprint);
  return fits ? ok(undefined) : err(appError('DOCUMENT_CONFLICT', { kind: 'credential', id: destination, version: last.version }));
}
