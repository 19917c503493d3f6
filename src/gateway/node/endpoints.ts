/** Endpoints of destinations in a node: where each is, kept as a document; which one a person wants. */
import type { Failover } from '#contract/documents/endpoints.ts';
import { appError } from '#contract/errors.ts';
import type { ParsedInputOf } from '#contract/operation.ts';
import { endpointUse } from '#contract/operations/transport.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { CallContext } from '#contract/service.ts';
import type { HandlersOf } from '#gateway/control/commands/context.ts';
import { findLiving } from '#gateway/control/commands/living.ts';
import { revisionOf, runCommand } from '#gateway/control/commands/run-command.ts';
import type { DocumentStore } from '#gateway/control/document-store.ts';
import type { Delivery } from '#gateway/delivery/delivery.ts';
import type { Choice } from '#gateway/delivery/endpoints/choose-endpoint.ts';
import type { FailoverDeps } from '#gateway/delivery/endpoints/failover.ts';
import type { People } from '#gateway/people/people.ts';
import { createSendGate } from '#gateway/people/send-gate.ts';
import type { Logger } from './logger.ts';

const documentOf = ({ active, domain, pinned }: Choice): Failover => ({ active, dedupeDomain: domain, pinned });

/** What lanes need: their place is a document, whose revisions are the marks on the charts. */
export function failoverDeps(store: DocumentStore, people: Pick<People, 'of' | 'everSuppressed'>, logger: Logger): FailoverDeps {
  return {
    last(destination) {
      const document = store.get('failover', destination);
      return document?.value ? { value: document.value, at: document.at } : null;
    },
    record(destination, choice) {
      const written = store.commit([{ kind: 'failover', id: destination, value: documentOf(choice) }], {
        by: 'system',
        action: 'endpoint.changed',
        target: `destination/${destination}`,
        reason: choice.why,
        commandId: null,
      });
      if (written.ok) logger.info({ destination, endpoint: choice.active, why: choice.why }, 'endpoint changed');
      else
        logger.error({ destination, endpoint: choice.active, code: written.error.code }, 'the change of an endpoint could not be written');
      return written.ok;
    },
    consentGate: (policy) => createSendGate(people, policy),
  };
}

export interface EndpointHandlerDeps {
  readonly store: DocumentStore;
  readonly delivery: Delivery;
  readonly now: () => number;
}

type Input = ParsedInputOf<typeof endpointUse>;

/** What a person wants, of a destination as it is. ENDPOINT_UNKNOWN, DOCUMENT_NOT_FOUND. */
function wanted({ store, delivery, now }: EndpointHandlerDeps, { destination, endpoint, reason = '' }: Input): Result<Choice> {
  const found = findLiving(store, 'destination', destination);
  if (!found.ok) return found;
  const lane = delivery.lanes.get(destination);
  const choice = lane?.endpoints.choice;
  const known = lane?.spec.routes.map(({ id }) => id) ?? [];
  if (!lane || !choice || found.value.value.endpoints?.mode === 'spread') return err(appError('ENDPOINT_UNKNOWN', { endpoint, known }));
  const route = lane.spec.routes.find(({ id }) => id === (endpoint ?? choice.active));
  if (route === undefined) return err(appError('ENDPOINT_UNKNOWN', { endpoint, known }));
  const isSame = route.id === choice.active;
  const since = isSame ? choice.since : now();
  const why = endpoint === null ? choice.why : `chosen by a person${reason === '' ? '' : `: ${reason}`}`;
  return ok({
    ...choice,
    active: route.id,
    domain: route.dedupeDomain,
    since,
    why,
    pinned: endpoint !== null,
    isReturn: false,
    relapses: 0,
  });
}

/**
 * Errors: ENDPOINT_UNKNOWN, ENDPOINT_UNSETTLED while events that may have been in flight when the gateway stopped are not put
 * aside yet, DOCUMENT_NOT_FOUND, and those of every command.
 */
export function createEndpointHandlers(deps: EndpointHandlerDeps): HandlersOf<'endpoint.use'> {
  const { store, delivery } = deps;
  return {
    async 'endpoint.use'(input, context: CallContext) {
      const { destination } = input;
      const choice = wanted(deps, input);
      const run = () =>
        runCommand(store, input, context, {
          operation: endpointUse,
          target: `destination/${destination}`,
          plan: () => (choice.ok ? ok({ changes: [{ kind: 'failover', id: destination, value: documentOf(choice.value) }] }) : choice),
          answer: (documents) => ({ ...revisionOf(documents), active: choice.ok ? choice.value.active : '' }),
        });
      const isKnown = context.commandId !== null && store.outcome(context.commandId) !== null;
      if (!choice.ok || input.dryRun || isKnown) return run();
      let answer: ReturnType<typeof run> = err(appError('ENDPOINT_UNSETTLED', { destination }));
      const used = await delivery.pickEndpoint(destination, choice.value, () => {
        answer = run();
        return answer.ok;
      });
      return used === 'unsettled' ? err(appError('ENDPOINT_UNSETTLED', { destination })) : answer;
    },
  };
}
