import type { Destination } from '#contract/documents/destination.ts';
import { appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { CallContext } from '#contract/service.ts';
import type { Connector, EncodedRequest } from '#gateway/connectors/connector.ts';
import { type Reach, reachOf } from '#gateway/transport/reach.ts';
import { maskFields } from '../credentials/held-secret.ts';
import { defaultEndpoint, destinationOrigin } from '../credentials/origin.ts';
import type { ControlDeps } from './deps.ts';
import { findLiving } from './living.ts';

interface Verdict {
  readonly verdict: 'works' | 'refused' | 'unknown';
  readonly detail: string;
  /** null: nothing was sent. */
  readonly latencyMs: number | null;
}

type Check = NonNullable<Connector['check']>;
type Prepared =
  | {
      readonly kind: 'ask';
      readonly request: EncodedRequest;
      readonly classify: Check['classify'];
      readonly secrets: Readonly<Record<string, string>>;
      /** How the address is reached. */
      readonly reach: Reach;
    }
  | { readonly kind: 'cannot-ask'; readonly detail: string };

/**
 * Asks the vendor whether the credential works. CREDENTIAL_MISSING, CREDENTIAL_ORIGIN_CHANGED,
 * DOCUMENT_NOT_FOUND, PEER_CANCELLED. `works` takes an earlier refusal back, so a lane that an outage at
 * the vendor parked flows again; `refused` parks nothing (a check may need other rights than delivery).
 */
export async function checkCredential(deps: ControlDeps, id: string, context: CallContext): Promise<Result<Verdict>> {
  const prepared = prepareCheck(deps, id);
  if (!prepared.ok) return prepared;
  if (prepared.value.kind === 'cannot-ask') return ok({ verdict: 'unknown', detail: prepared.value.detail, latencyMs: null });
  const { request, classify, secrets, reach } = prepared.value;
  const startedAt = deps.now();
  const answer = await deps.send(request, context.signal, reach);
  if (context.signal.aborted) return err(appError('PEER_CANCELLED'));
  const latencyMs = deps.now() - startedAt;
  const { verdict, detail } =
    answer.kind === 'answered' ? classify(answer.response) : { verdict: 'unknown' as const, detail: answer.detail };
  if (verdict === 'works') deps.vault.markWorking(id);
  deps.store.note({ by: context.by, action: 'credential.check', target: `credential/${id}`, reason: '', commandId: null }, verdict);
  // Some vendors quote the token that they refuse.
  return ok({ verdict, detail: maskFields(detail, secrets), latencyMs });
}

/** The check call of a destination, ready to be sent. The same errors as `checkCredential`; nothing is sent yet. */
export function prepareCheck(
  { store, vault, connectors, now }: Pick<ControlDeps, 'store' | 'vault' | 'connectors' | 'now'>,
  id: string,
): Result<Prepared> {
  const found = findLiving(store, 'destination', id);
  if (!found.ok) return found;
  const { value } = found.value;
  const connector = connectors.get(value.connector);
  if (connector === null) return err(appError('CONNECTOR_UNKNOWN', { connector: value.connector }));
  const credential = vault.credentialForCheck(id);
  if (credential.state === 'origin-changed') return err(appError('CREDENTIAL_ORIGIN_CHANGED', { destination: id, why: credential.detail }));
  if (credential.state === 'not-needed') return ok({ kind: 'cannot-ask', detail: `${connector.title} needs no credential.` });
  if (credential.state !== 'present') return err(appError('CREDENTIAL_MISSING', { destination: id, why: credential.detail }));
  const { check } = connector;
  if (check === undefined) return ok({ kind: 'cannot-ask', detail: `${connector.title} offers no way to ask.` });
  const settings = connector.settings.safeParse(value.settings);
  const base = value.endpoint ?? defaultEndpoint(value, connector);
  if (!settings.success || base === null) return err(appError('SETTINGS_INVALID', { destination: id }));
  const secrets = credential.values;
  const request = check.encode({ settings: settings.data, endpoint: base.replace(/\/+$/, ''), credential: secrets, now: now() });
  // A vendor may keep its check on another host of its own, but an address that somebody set is the only one the secret goes to.
  if (isSetByHand(value, connector) && new URL(request.url).origin !== destinationOrigin(value, connector))
    return ok({ kind: 'cannot-ask', detail: 'The check would leave the address that the credential is bound to.' });
  const reach = reachOf(value, connector, secrets);
  return ok({ kind: 'ask', request, classify: (response) => check.classify(response), secrets, reach });
}

/** Whether a destination is at another address than the vendor's own. */
function isSetByHand(destination: Destination, connector: Connector): boolean {
  const own = defaultEndpoint(destination, connector);
  return destination.endpoint !== undefined && (own === null || new URL(own).origin !== new URL(destination.endpoint).origin);
}
