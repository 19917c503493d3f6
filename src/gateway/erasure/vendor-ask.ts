/** Asks a destination's vendor to erase a person, by the connector's table. Knows no document but the destination's. */
import type { Destination } from '#contract/documents/destination.ts';
import type { VendorErasure } from '#contract/documents/erasure.ts';
import type { Connector, EncodeContext, EncodedRequest } from '#gateway/connectors/connector.ts';
import type { ErasureAnswer, ErasureApi } from '#gateway/connectors/erasure.ts';
import type { ConnectorRegistry } from '#gateway/connectors/registry.ts';
import type { SendCheck } from '#gateway/control/commands/deps.ts';
import { maskFields } from '#gateway/control/credentials/held-secret.ts';
import { defaultEndpoint, destinationOrigin } from '#gateway/control/credentials/origin.ts';
import type { DocumentStore } from '#gateway/control/document-store.ts';
import type { Vault } from '#gateway/control/vault.ts';
import type { PersonIds } from '#gateway/people/erasure-book.ts';

export interface VendorAskDeps {
  readonly store: DocumentStore;
  readonly vault: Pick<Vault, 'credentialFor'>;
  readonly connectors: ConnectorRegistry;
  readonly send: SendCheck;
  /** Why nothing may be sent to a destination now; null where it may. */
  stopped(destination: string): string | null;
  /** Epoch ms. */
  now(): number;
}

export interface Offer {
  readonly connector: string;
  readonly isAsked: boolean;
  /** Where it is not asked: what a person should do. */
  readonly suggestedAction: string;
}

export type Asked =
  | { readonly kind: 'answer'; readonly answer: ErasureAnswer; readonly statusEveryMs: number | null }
  | { readonly kind: 'stopped'; readonly why: string }
  | { readonly kind: 'notOffered'; readonly suggestedAction: string };

export interface VendorAsk {
  offer(destination: string): Offer;
  request(destination: string, person: PersonIds, signal: AbortSignal): Promise<Asked>;
  /** How far the vendor is with the request under its reference. */
  status(entry: Pick<VendorErasure, 'destination' | 'reference'>, signal: AbortSignal): Promise<Asked>;
}

interface Ready {
  readonly api: ErasureApi<unknown>;
  readonly context: EncodeContext<unknown>;
  /** The only origin that the credential may go to; null where the vendor's own hosts are meant. */
  readonly onlyOrigin: string | null;
}

type Prepared = { readonly kind: 'ready'; readonly ready: Ready } | Exclude<Asked, { kind: 'answer' }> | Failure;
type Failure = { readonly kind: 'failed'; readonly detail: string; readonly suggestedAction: string };

const gone = 'The destination was removed. Erase the person at the vendor by hand, then say so with erasure.settle.';

export function createVendorAsk(deps: VendorAskDeps): VendorAsk {
  function prepare(id: string): Prepared {
    const destination = deps.store.get('destination', id)?.value ?? null;
    const connector = destination === null ? null : deps.connectors.get(destination.connector);
    if (destination === null || connector === null) return { kind: 'notOffered', suggestedAction: gone };
    if (typeof connector.erasure === 'string') return { kind: 'notOffered', suggestedAction: connector.erasure };
    const settings = connector.settings.safeParse(destination.settings);
    if (!settings.success)
      return { kind: 'failed', detail: 'the settings are wrong', suggestedAction: 'Correct the destination’s settings, then ask again.' };
    const off = connector.erasure.notOffered(settings.data);
    if (off !== null) return { kind: 'notOffered', suggestedAction: off };
    const credential = deps.vault.credentialFor(id);
    if (credential.state !== 'present' && credential.state !== 'not-needed')
      return { kind: 'failed', detail: credential.detail, suggestedAction: 'Bind the destination’s credential, then ask again.' };
    const { values } = credential;
    const missing = connector.erasure.credential(settings.data).find(({ name }) => (values[name] ?? '').trim() === '');
    if (missing)
      return { kind: 'failed', detail: `no ${missing.label} is bound`, suggestedAction: `Bind the credential with it, then ask again.` };
    const why = deps.stopped(id);
    if (why !== null) return { kind: 'stopped', why };
    const endpoint = (destination.endpoint ?? connector.defaultEndpoint(settings.data) ?? '').replace(/\/+$/, '');
    const context = { settings: settings.data, endpoint, credential: values, now: deps.now() };
    return { kind: 'ready', ready: { api: connector.erasure, context, onlyOrigin: onlyOriginOf(destination, connector) } };
  }

  async function ask(
    { context, onlyOrigin }: Ready,
    request: EncodedRequest,
    classify: ErasureApi<unknown>['classify'],
    signal: AbortSignal,
    ids: readonly (string | null)[],
  ): Promise<ErasureAnswer> {
    if (onlyOrigin !== null && new URL(request.url).origin !== onlyOrigin)
      return { kind: 'failed', detail: 'it would leave the address that the credential is bound to', suggestedAction: gone };
    const sent = await deps.send(request, signal);
    const answer: ErasureAnswer =
      sent.kind === 'answered' ? classify(sent.response, request) : { kind: 'retry', afterMs: null, detail: sent.detail };
    return { ...answer, detail: maskIds(maskFields(answer.detail, context.credential), ids) };
  }

  return {
    offer(id) {
      const connector = deps.store.get('destination', id)?.value?.connector ?? '';
      const prepared = prepare(id);
      const suggestedAction = 'suggestedAction' in prepared ? prepared.suggestedAction : '';
      return { connector, isAsked: prepared.kind !== 'notOffered', suggestedAction };
    },
    async request(id, person, signal) {
      const prepared = prepare(id);
      if (prepared.kind === 'failed') return { kind: 'answer', answer: prepared, statusEveryMs: null };
      if (prepared.kind !== 'ready') return prepared;
      const { api, context } = prepared.ready;
      const statusEveryMs = api.status?.everyMs ?? null;
      let last: ErasureAnswer = { kind: 'failed', detail: 'the vendor knows no such id', suggestedAction: gone };
      for (const request of api.encode(person, context)) {
        last = await ask(prepared.ready, request, api.classify, signal, [person.userId, person.anonymousId]);
        if (last.kind === 'retry' || last.kind === 'failed') break;
      }
      return { kind: 'answer', answer: last, statusEveryMs };
    },
    async status({ destination, reference }, signal) {
      const prepared = prepare(destination);
      if (prepared.kind === 'failed') return { kind: 'answer', answer: prepared, statusEveryMs: null };
      if (prepared.kind !== 'ready') return prepared;
      const { api, context } = prepared.ready;
      if (api.status === undefined || reference === null)
        return {
          kind: 'answer',
          answer: { kind: 'accepted', reference: null, detail: 'the vendor does not say how far it is' },
          statusEveryMs: null,
        };
      const answer = await ask(prepared.ready, api.status.encode(reference, context), api.status.classify, signal, []);
      return { kind: 'answer', answer, statusEveryMs: api.status.everyMs };
    },
  };
}

/** A vendor may take erasures on another host of its own, but an address that somebody set is the only one the secret goes to. */
function onlyOriginOf(destination: Destination, connector: Connector): string | null {
  const own = defaultEndpoint(destination, connector);
  const isSetByHand = destination.endpoint !== undefined && (own === null || new URL(own).origin !== new URL(destination.endpoint).origin);
  return isSetByHand || own === null ? destinationOrigin(destination, connector) : null;
}

/** Vendors like to say whom they do not know. */
function maskIds(detail: string, ids: readonly (string | null)[]): string {
  return ids.reduce<string>((text, id) => (id === null || id.length < 2 ? text : text.replaceAll(id, '[person]')), detail);
}
