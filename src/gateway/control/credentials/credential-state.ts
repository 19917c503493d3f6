import type { Credential } from '#contract/documents/credential.ts';
import type { Document } from '#contract/documents/document.ts';
import type { ConnectorRegistry } from '#gateway/connectors/registry.ts';
import { credentialFields } from '#gateway/transport/reach.ts';
import { type HeldSecret, revealFields } from './held-secret.ts';
import { bindingOf } from './origin.ts';

/** What a lane may do: send with `values`, or wait, and why. */
export type CredentialState =
  /** `values` opens the secret when it is read: put it into a request at once and keep it nowhere. */
  | { readonly state: 'present'; readonly values: Readonly<Record<string, string>>; readonly revision: number }
  /** The connector needs none; `values` is empty. */
  | { readonly state: 'not-needed'; readonly values: Readonly<Record<string, string>>; readonly revision: number }
  | { readonly state: 'missing' | 'origin-changed' | 'refused'; readonly detail: string };

interface Situation {
  readonly destination: Document<'destination'> | null;
  readonly credential: Document<'credential'> | null;
  readonly connectors: ConnectorRegistry;
  readonly secretOf: (credential: Credential) => HeldSecret | null;
  readonly refused: { readonly revision: number; readonly detail: string } | null;
}

const noValues: Readonly<Record<string, string>> = Object.freeze({});

/** Decides from the documents and what is held. The order matters: a secret that is not bound here is never called refused. */
export function credentialState({ destination, credential, connectors, secretOf, refused }: Situation): CredentialState {
  const connector = destination?.value ? connectors.get(destination.value.connector) : null;
  if (!destination?.value || connector === null) return { state: 'missing', detail: 'there is no such destination' };
  const fields = credentialFields(destination.value, connector);
  if (fields.length === 0) return { state: 'not-needed', values: noValues, revision: 0 };
  if (!credential?.value) return { state: 'missing', detail: `${destination.value.name} has no credential` };
  const binding = bindingOf(destination.value, connector);
  const isBoundHere = credential.value.connector === destination.value.connector && credential.value.origin === binding;
  if (!isBoundHere)
    return { state: 'origin-changed', detail: `bound to ${credential.value.origin}, the destination is at ${binding ?? 'no address'}` };
  const held = secretOf(credential.value);
  const isWhole = held !== null && fields.every((field) => field.optional || held.fields.has(field.name));
  if (!isWhole) return { state: 'missing', detail: 'this gateway does not hold the secret; bind it again' };
  if (refused?.revision === credential.revision) return { state: 'refused', detail: refused.detail };
  return new PresentCredential(held, credential.revision);
}

/** `values` is a getter of the class, so that printing or serialising a kept state by accident shows no secret. */
class PresentCredential {
  readonly state = 'present';
  readonly revision: number;
  readonly #held: HeldSecret;
  #values: Readonly<Record<string, string>> | null = null;
  constructor(held: HeldSecret, revision: number) {
    this.#held = held;
    this.revision = revision;
  }
  get values(): Readonly<Record<string, string>> {
    // The same object each time: a connector may keep a key drawn from it for as long as it lives.
    this.#values ??= Object.freeze(revealFields(this.#held));
    return this.#values;
  }
}
