/** The pipeline of a node: tracking plans, redaction, consent and quarantine, each kept in line with the documents. */
import { join } from 'node:path';
import type { Violation } from '#contract/operations/pipeline.ts';
import type { Result } from '#contract/result.ts';
import type { Gate } from '#gateway/delivery/rules.ts';
import type { Quarantined } from '#gateway/ingest/accept.ts';
import { createTreatment, type PeopleAtIngest, type Treatment } from '#gateway/ingest/treatment.ts';
import { createSendGate } from '#gateway/people/send-gate.ts';
import { type CompiledPlan, compilePlan, type PlanEntry, planOf } from '#gateway/pipeline/plan.ts';
import { compileRedaction, type RedactionEntry, type Redactor } from '#gateway/pipeline/redact.ts';
import { createQuarantine, type Quarantine } from '#gateway/quarantine/quarantine.ts';
import { createViolationBook, type ReadableViolationBook } from '#gateway/quarantine/violation-book.ts';
import type { Closing } from './closing.ts';
import type { Logger } from './logger.ts';
import type { GatewayOptions } from './options.ts';
import type { NodeState } from './state.ts';

export interface NodePipeline {
  readonly quarantine: Quarantine;
  readonly violations: ReadableViolationBook;
  /** What is done to a source's events before they are stored; null where nothing is. */
  treatmentOf(source: string): Treatment | null;
  /** The redaction of a source, or null. */
  redactorOf(source: string | null): Redactor | null;
  plans(): readonly PlanEntry[];
  compiled(plan: PlanEntry): CompiledPlan;
  /** What consent and suppression say of events at a destination. */
  gate(destination: string): Gate | null;
  putApart(
    source: string,
    receivedAt: number,
    events: readonly Quarantined[],
  ): Promise<Result<{ readonly stored: number; readonly duplicate: number }>>;
  /** Calls back where sources are treated differently, and where gates changed. Returns the unsubscriber. */
  watch(onTreatment: () => void, onGates: () => void): () => void;
  /** Lets events go that waited in quarantine for too long. */
  expire(): void;
}

export function createNodePipeline(state: NodeState, options: GatewayOptions, logger: Logger, closing: Closing): NodePipeline {
  const { store, people, schemas, settings } = state;
  const violations = createViolationBook(Date.now);
  const quarantine = createQuarantine({
    file: join(options.dataFolder, 'quarantine.db'),
    limits: () => ({ maxEvents: settings().quarantineMaxEvents, maxBytes: settings().quarantineMaxBytes }),
    onCrash: (error) => logger.error({ err: error }, 'the quarantine’s worker ended'),
  });
  closing.add(() => quarantine.close());
  const compiled = createPlanCache(schemas);
  const atIngest = peopleAtIngest(people);

  const plans = (): readonly PlanEntry[] =>
    store.list('plan').flatMap(({ id, revision, value }) => (value === null ? [] : [{ id, revision, value }]));
  const redactions = (): readonly RedactionEntry[] =>
    store.list('redaction').flatMap(({ id, value }) => (value === null ? [] : [{ id, value }]));
  const asksPeople = () => people.everSuppressed || store.list('consent').length > 0;

  function redactorOf(source: string | null): Redactor | null {
    const own = redactions().filter(({ value }) => value.sources.length === 0 || (source !== null && value.sources.includes(source)));
    return compileRedaction(own, people.hash);
  }
  function treatmentOf(source: string): Treatment | null {
    const plan = planOf(source, plans());
    return createTreatment({
      source,
      redactor: redactorOf(source),
      plan: plan === null ? null : compiled.of(plan),
      people: asksPeople() ? atIngest : null,
      violations,
    });
  }

  return {
    quarantine,
    violations,
    treatmentOf,
    redactorOf,
    plans,
    compiled: compiled.of,
    gate: (destination) => createSendGate(people, store.get('consent', destination)?.value ?? null),
    putApart: (source, receivedAt, events) => quarantine.put(events.map((event) => ({ ...event, ...stored(event), source, receivedAt }))),
    watch(onTreatment, onGates) {
      const stops = [
        store.watch((documents) => {
          const kinds = new Set(documents.map(({ kind }) => kind));
          // Stricter first: what waits asks for consent before the next event is taken in.
          if (kinds.has('consent')) onGates();
          if (kinds.has('plan')) compiled.retain(plans());
          if (kinds.has('plan') || kinds.has('redaction') || kinds.has('consent')) onTreatment();
        }),
        people.watch((isFirst) => {
          if (!isFirst) return;
          onGates();
          onTreatment();
        }),
      ];
      return () => {
        for (const stop of stops) stop();
      };
    },
    expire() {
      quarantine.expire(Date.now() - settings().quarantineAgeMs).then(
        (expired) => {
          if (!expired.ok) logger.warn({ code: expired.error.code }, 'the quarantine could not be tidied');
          else if (expired.value > 0) logger.warn({ events: expired.value }, 'quarantined events expired');
        },
        (error) => logger.error({ err: error }, 'tidying the quarantine failed'),
      );
    },
  };
}

function peopleAtIngest(people: NodeState['people']): PeopleAtIngest {
  return {
    suppressionOf(ids) {
      for (const id of ids) {
        const { suppressed } = people.of(id);
        if (suppressed !== null) return suppressed.kind;
      }
      return null;
    },
    learn: people.choose,
  };
}

/** Each revision of a plan is compiled once. */
function createPlanCache(schemas: NodeState['schemas']) {
  const compiled = new Map<string, CompiledPlan>();
  const keyOf = ({ id, revision }: PlanEntry) => `${id}@${revision}`;
  return {
    of(plan: PlanEntry): CompiledPlan {
      const known = compiled.get(keyOf(plan)) ?? compilePlan(plan, schemas);
      compiled.set(keyOf(plan), known);
      return known;
    },
    /** Forgets all others. */
    retain(plans: readonly PlanEntry[]): void {
      const living = new Set(plans.map(keyOf));
      for (const key of compiled.keys()) if (!living.has(key)) compiled.delete(key);
    },
  };
}

function stored({ violations, body }: { readonly violations: readonly Violation[]; readonly body: Buffer }) {
  return { violations: JSON.stringify(violations), body: body.toString('utf8') };
}
