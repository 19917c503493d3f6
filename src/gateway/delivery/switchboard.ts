/**
 * The command that flips a switch.
 *
 * Stopping is cheap: a park is in force in memory before it is written, is acknowledged after, and stays
 * if writing fails. Everything that loses, moves or releases events is written first, needs a reason, and where
 * it loses events, or may message people, the scope's name typed.
 */

import type { Document } from '#contract/documents/document.ts';
import { type SwitchScope, scopeId, scopeLabel } from '#contract/documents/switch.ts';
import type { OutputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import type { SwitchProof } from '#contract/operations/switches.ts';
import { ok, type Result } from '#contract/result.ts';
import { auditDenial } from '#gateway/control/commands/run-command.ts';
import type { DocumentStore } from '#gateway/control/document-store.ts';
import type { EventLog } from '#gateway/log/event-log.ts';
import { blastRadius } from './blast-radius.ts';
import type { Delivery } from './delivery.ts';
import type { Proving } from './proof.ts';
import { createProofBook } from './proof-book.ts';
import type { SwitchInForce } from './rules.ts';
import { refusalOf, requestedSwitch, type SetInput } from './switch-request.ts';
import { createSwitchTimers } from './switch-timers.ts';

export type SetOutput = OutputOf<Operations['switch.set']>;

export interface SwitchboardDeps {
  readonly store: DocumentStore;
  readonly delivery: Delivery;
  readonly log: EventLog;
  readonly node: string;
  now(): number;
  drainDeadlineMs(): number;
}

export interface Switchboard {
  set(input: SetInput, by: string, commandId: string | null): Promise<Result<SetOutput>>;
  proof(id: string): Result<SwitchProof>;
  close(): void;
}

/** The switches in force: those written, and parks that are in force before they are (or though they could not be). */
function followSwitches(
  { store, delivery }: Pick<SwitchboardDeps, 'store' | 'delivery'>,
  onChange: (document: Document<'switch'>) => void,
) {
  const unwritten = new Map<string, SwitchInForce>();

  function bringIntoForce(scope?: SwitchScope): void {
    const written = store
      .list('switch')
      .flatMap(({ id, value, by, reason, at }) => (value && !unwritten.has(id) ? [{ value, by, reason, at }] : []));
    delivery.setSwitches([...written, ...unwritten.values()], scope?.type === 'destination' ? scope.destination : undefined);
  }
  const unwatch = store.watch((documents) => {
    const changed = documents.filter((document): document is Document<'switch'> => document.kind === 'switch');
    for (const document of changed) {
      unwritten.delete(document.id);
      onChange(document);
    }
    if (changed.length > 0) bringIntoForce(changed.length === 1 ? changed[0]?.value?.scope : undefined);
  });
  for (const document of store.list('switch')) onChange(document);
  bringIntoForce();
  return {
    /** In force when this returns, and until a written one of the same id replaces it. */
    ahead(id: string, park: SwitchInForce): void {
      unwritten.set(id, park);
      bringIntoForce(park.value.scope);
    },
    close: unwatch,
  };
}

export function createSwitchboard(deps: SwitchboardDeps): Switchboard {
  const { store, delivery, log } = deps;
  const timers = createSwitchTimers(deps);
  const proofs = createProofBook(deps);
  const switches = followSwitches(deps, timers.arm);

  return {
    async set(input, by, commandId) {
      const { scope, reason = '' } = input;
      const receivedAt = deps.now();
      const at = Math.round(receivedAt);
      const id = scopeId(scope);
      const current = store.get('switch', id);
      const attribution = { by, action: 'switch.set', target: scopeLabel(scope), reason, commandId, at };
      const refused = refusalOf(input, current, { store, lanes: delivery.lanes });
      if (!refused.ok) {
        if (!input.dryRun) auditDenial(store, attribution, refused.error);
        return refused;
      }
      const preview = () => blastRadius(input, delivery.lanes, log, deps.now(), (destination) => replaysLeft(store, destination));
      if (input.dryRun) return ok({ preview: await preview(), proof: null });

      const value = requestedSwitch(input, deps.now(), log.head());
      let proving: Proving | null = null;
      if (input.mode === 'park') {
        switches.ahead(id, { value, by, reason, at });
        proving = proofs.start(id, scope, receivedAt);
      }
      const committed = store.commit([{ kind: 'switch', id, value, expectedRevision: current?.revision ?? 0 }], attribution);
      if (!committed.ok) return committed;
      proving ??= proofs.start(id, scope, receivedAt);
      proving.durable(deps.now(), committed.value[0]?.revision ?? 0);
      const before = await preview();
      return ok({ preview: before, proof: proving.read() });
    },
    proof: proofs.read,
    close() {
      switches.close();
      timers.close();
      proofs.close();
    },
  };
}

/** At most so many events are still given to a destination by replays under way. */
function replaysLeft(store: Pick<DocumentStore, 'list'>, destination: string): number {
  const under = store.list('replay').filter(({ value }) => value?.destination === destination && value.endedAt === null);
  return under.reduce((sum, { value }) => sum + (value?.selected ?? 0), 0);
}
