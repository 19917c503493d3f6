/**
 * The command that flips a switch.
 *
 * Stopping is cheap: a park is in force in memory before it is written, is acknowledged after, and stays
 * if writing fails. Everything that loses or releases events is written first, needs a reason, and where
 * it loses events, or may message people, the scope's name typed.
 */

import type { Document } from '#contract/documents/document.ts';
import { type BacklogChoice, type Switch, type SwitchScope, scopeId, scopeLabel } from '#contract/documents/switch.ts';
import { appError } from '#contract/errors.ts';
import type { OutputOf, ParsedInputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import type { SwitchProof } from '#contract/operations/switches.ts';
import { err, ok, type Result } from '#contract/result.ts';
import { auditDenial } from '#gateway/control/commands/run-command.ts';
import type { DocumentStore } from '#gateway/control/document-store.ts';
import type { EventLog } from '#gateway/log/event-log.ts';
import { blastRadius, lanesIn, releasesBacklog } from './blast-radius.ts';
import type { Delivery } from './delivery.ts';
import { type Proving, startProof } from './proof.ts';
import type { SwitchInForce } from './rules.ts';

export type SetInput = ParsedInputOf<Operations['switch.set']>;
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

const longestTimerMs = 2 ** 31 - 1;
const keepProofs = 200;

export function createSwitchboard(deps: SwitchboardDeps): Switchboard {
  const { store, delivery, log } = deps;
  /** Parks in force that could not be written. */
  const unwritten = new Map<string, SwitchInForce>();
  const proofs = new Map<string, Proving>();
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  const deadlines = new Set<ReturnType<typeof setTimeout>>();

  function inForce(): SwitchInForce[] {
    const written = store
      .list('switch')
      .flatMap((document) =>
        document.value && !unwritten.has(document.id)
          ? [{ value: document.value, by: document.by, reason: document.reason, at: document.at }]
          : [],
      );
    return [...written, ...unwritten.values()];
  }
  function apply(scope: SwitchScope): void {
    delivery.setSwitches(inForce(), scope.type === 'destination' ? scope.destination : undefined);
  }

  function arm(document: Document<'switch'>): void {
    clearTimeout(timers.get(document.id));
    timers.delete(document.id);
    const value = document.value;
    if (!value || value.until === null || value.mode === 'flow') return;
    const waitMs = Math.min(longestTimerMs, Math.max(0, value.until - deps.now()));
    timers.set(
      document.id,
      setTimeout(() => reopen(document.id), waitMs),
    );
  }
  function reopen(id: string): void {
    const document = store.get('switch', id);
    const value = document?.value;
    if (!value || value.until === null || value.mode === 'flow') return;
    // A timer may fire a moment early, and the longest it can wait is 25 days.
    if (value.until > deps.now()) return arm(document);
    const opened: Switch = {
      ...value,
      mode: 'flow',
      until: null,
      fromSeq: 0,
      opening: { backlog: { choice: 'drain' }, throughSeq: log.head(), pacePerSecond: null },
    };
    for (const lane of lanesIn(value.scope, delivery.lanes)) lane.breaker.probe();
    store.commit([{ kind: 'switch', id, value: opened }], {
      by: 'timer',
      action: 'switch.set',
      target: scopeLabel(value.scope),
      reason: 'the timer set with it ran out',
      commandId: null,
      at: deps.now(),
    });
  }

  const unwatch = store.watch((documents) => {
    const changed = documents.filter((document): document is Document<'switch'> => document.kind === 'switch');
    for (const document of changed) {
      unwritten.delete(document.id);
      arm(document);
    }
    const only = changed.length === 1 ? changed[0]?.value?.scope : undefined;
    if (changed.length > 0) delivery.setSwitches(inForce(), only?.type === 'destination' ? only.destination : undefined);
  });
  for (const document of store.list('switch')) arm(document);
  delivery.setSwitches(inForce());

  function switchOf(input: SetInput): Switch {
    const backlog: BacklogChoice = input.backlog ?? { choice: 'drain' };
    const opening = input.mode === 'flow' ? { backlog, throughSeq: log.head(), pacePerSecond: input.pacePerSecond ?? null } : null;
    const until = input.forMs === undefined || input.mode === 'flow' ? null : Math.round(deps.now() + input.forMs);
    return {
      scope: input.scope,
      mode: input.mode,
      until,
      fromSeq: input.mode === 'drop' && !input.includeBacklog ? log.head() : 0,
      opening,
    };
  }

  function refusal(input: SetInput, current: Document<'switch'> | null): Result<null> {
    const { scope } = input;
    const label = scopeLabel(scope);
    if (scope.type === 'destination' && !store.get('destination', scope.destination)?.value)
      return err(appError('DOCUMENT_NOT_FOUND', { destination: scope.destination }));
    if (scope.type === 'source' && !store.get('source', scope.source)?.value)
      return err(appError('DOCUMENT_NOT_FOUND', { source: scope.source }));
    if (input.expectedRevision !== undefined && input.expectedRevision !== (current?.revision ?? 0))
      return err(appError('DOCUMENT_CONFLICT', { revision: current?.revision ?? 0, by: current?.by ?? '' }));
    if (input.dryRun || input.mode === 'park') return ok(null);
    const reaches = lanesIn(scope, delivery.lanes).some((lane) => lane.spec.connector.messagesPeople);
    if (input.mode === 'flow' && reaches && !input.backlog)
      return err(appError('INPUT_INVALID', { backlog: 'say what to do with the backlog: this vendor sends messages to people' }));
    if (!input.reason) return err(appError('REASON_REQUIRED', { target: label }));
    const loses = input.mode === 'drop' || input.backlog?.choice === 'discard';
    const messages = input.mode === 'flow' && reaches && releasesBacklog(input.backlog ?? { choice: 'drain' });
    if ((loses || messages) && input.confirm !== label) return err(appError('CONFIRMATION_REQUIRED', { type: label }));
    return ok(null);
  }

  function prove(id: string, scope: SwitchScope, receivedAt: number): Proving {
    proofs.get(id)?.stop();
    proofs.delete(id);
    const lanes = lanesIn(scope, delivery.lanes);
    const proving = startProof({ node: deps.node, scope, lanes, receivedAt, inForceAt: deps.now() });
    proofs.set(id, proving);
    if (proofs.size > keepProofs) proofs.delete(proofs.keys().next().value as string);
    const deadline = setTimeout(() => {
      for (const lane of lanes) if (lane.rules.desired !== 'flow') lane.abort(scope);
    }, deps.drainDeadlineMs());
    deadlines.add(deadline);
    void proving.settled.then(() => {
      clearTimeout(deadline);
      deadlines.delete(deadline);
    });
    return proving;
  }

  return {
    async set(input, by, commandId) {
      const receivedAt = deps.now();
      const id = scopeId(input.scope);
      const current = store.get('switch', id);
      const attribution = {
        by,
        action: 'switch.set',
        target: scopeLabel(input.scope),
        reason: input.reason ?? '',
        commandId,
        at: Math.round(receivedAt),
      };
      const refused = refusal(input, current);
      if (!refused.ok) {
        if (!input.dryRun) auditDenial(store, attribution, refused.error);
        return refused;
      }
      const value = switchOf(input);
      const change = { kind: 'switch', id, value, expectedRevision: current?.revision ?? 0 } as const;
      const preview = () => blastRadius(input.scope, delivery.lanes, log, deps.now(), input.pacePerSecond ?? null);
      if (input.dryRun) return ok({ preview: await preview(), proof: null });

      let proving: Proving | null = null;
      if (input.mode === 'park') {
        unwritten.set(id, { value, by, reason: attribution.reason, at: attribution.at });
        apply(input.scope);
        proving = prove(id, input.scope, receivedAt);
      }
      const committed = store.commit([change], attribution);
      if (!committed.ok) return committed;
      proving ??= prove(id, input.scope, receivedAt);
      proving.durable(deps.now(), committed.value[0]?.revision ?? 0);
      const before = await preview();
      return ok({ preview: before, proof: proving.read() });
    },
    proof(id) {
      const proving = proofs.get(id);
      return proving ? ok(proving.read()) : err(appError('DOCUMENT_NOT_FOUND', { proof: id }));
    },
    close() {
      unwatch();
      for (const timer of [...timers.values(), ...deadlines]) clearTimeout(timer);
      for (const proving of proofs.values()) proving.stop();
    },
  };
}
