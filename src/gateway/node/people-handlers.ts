/** Handlers of what is known of people. Audit and answers name a person by the keyed hash only. */
import type { Operation } from '#contract/operation.ts';
import { consentSet, suppressionAdd, suppressionRemove } from '#contract/operations/privacy.ts';
import { ok, type Result } from '#contract/result.ts';
import type { CallContext } from '#contract/service.ts';
import type { HandlersOf } from '#gateway/control/commands/context.ts';
import { type CommonInput, runCommand } from '#gateway/control/commands/run-command.ts';
import type { DocumentStore } from '#gateway/control/document-store.ts';
import type { People } from '#gateway/people/people.ts';
import { createSendGate } from '#gateway/people/send-gate.ts';
import { toGatewayEvent } from '#gateway/pipeline/to-event.ts';

export interface PeopleHandlerDeps {
  readonly store: DocumentStore;
  readonly people: People;
  now(): number;
}

type PeopleOperation = 'consent.set' | 'consent.read' | 'suppression.add' | 'suppression.remove' | 'suppression.list';

export function createPeopleHandlers({ store, people, now }: PeopleHandlerDeps): HandlersOf<PeopleOperation> {
  /** In force at once, audited, and answered when it is on disk. What could not be written stays in force in memory. */
  async function change(
    operation: Operation,
    target: string,
    input: CommonInput,
    context: CallContext,
    act: () => void,
  ): Promise<Result<unknown>> {
    const done = runCommand(store, input, context, {
      operation,
      target,
      plan: () =>
        ok({
          changes: [],
          stage: () => {
            act();
            // A change of consent is not taken back because the audit cannot be written.
            return () => undefined;
          },
        }),
      answer: () => null,
    });
    if (!done.ok || input.dryRun) return done;
    return people.durable();
  }

  return {
    async 'consent.set'(input, context) {
      const person = people.hash(input.person);
      const changed = await change(consentSet, `person/${person}`, input, context, () =>
        people.choose([input.person], input.categories, now()),
      );
      return changed.ok ? ok({ person }) : changed;
    },
    'consent.read'({ person: id }) {
      const { choices, suppressed } = people.of(id);
      const silent = toGatewayEvent({ userId: id }, { source: '', receivedAt: now(), type: 'track', messageId: '' });
      const destinations = store.list('consent').map(({ id: destination, value }) => ({
        destination,
        isAllowed: !(createSendGate(people, value)?.(silent) ?? false),
      }));
      return ok({ person: people.hash(id), categories: Object.fromEntries(choices), suppressed: suppressed?.kind ?? null, destinations });
    },
    async 'suppression.add'(input, context) {
      const [first = ''] = input.people;
      const target = input.people.length === 1 ? `person/${people.hash(first)}` : `${input.people.length} people`;
      let added = input.people.filter((id) => people.of(id).suppressed?.kind !== input.kind).length;
      const changed = await change(suppressionAdd, target, input, context, () => {
        added = people.suppress(input.people, input.kind, now());
      });
      return changed.ok ? ok({ added }) : changed;
    },
    async 'suppression.remove'(input, context) {
      let removed = people.of(input.person).suppressed === null ? 0 : 1;
      const changed = await change(suppressionRemove, `person/${people.hash(input.person)}`, input, context, () => {
        removed = people.lift(input.person) ? 1 : 0;
      });
      return changed.ok ? ok({ removed }) : changed;
    },
    'suppression.list'({ after, limit }) {
      const { total, people: listed } = people.suppressed(after, limit);
      return ok({ total, people: [...listed] });
    },
  };
}
