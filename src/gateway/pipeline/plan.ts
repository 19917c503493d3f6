/** Checks events against tracking plans. A plan is compiled when it is first needed in a revision; each of its schemas only if it is new. */
import type { Plan, PlanMode } from '#contract/documents/plan.ts';
import type { Violation } from '#contract/operations/pipeline.ts';
import type { EventType } from './event.ts';
import { isRecord, type Json, own } from './json.ts';
import type { Check, SchemaCompiler } from './schema-compiler.ts';
import { nameOf } from './to-event.ts';

export interface PlanEntry {
  readonly id: string;
  readonly revision: number;
  readonly value: Plan;
}

/** What a plan says of one event. */
export interface PlanVerdict {
  readonly verdict: 'valid' | 'unplanned' | PlanMode;
  /** Empty where valid or allowed as unplanned. */
  readonly violations: readonly Violation[];
}

export interface CompiledPlan {
  readonly id: string;
  readonly revision: number;
  /** `plan@revision`: the schema version, as provenance names it. */
  readonly version: string;
  check(json: Json, type: EventType): PlanVerdict;
}

/** Something that is wrong with a plan; `path` is dotted, within the value. */
export interface PlanProblem {
  readonly path: string;
  readonly message: string;
}

const valid: PlanVerdict = Object.freeze({ verdict: 'valid', violations: [] });
const unplanned: PlanVerdict = Object.freeze({ verdict: 'unplanned', violations: [] });
const notPlanned: readonly Violation[] = [{ path: '', message: 'the plan has no such event' }];
const nothing: Json = Object.freeze({});

/** Compiles every schema. Empty: the plan can be used. */
export function planProblems(value: Plan, compiler: SchemaCompiler): readonly PlanProblem[] {
  return Object.entries(value.events).flatMap(([name, { schema }]) => {
    const compiled = compiler.compile(schema);
    return compiled.ok ? [] : [{ path: `events.${name}.schema`, message: compiled.problem }];
  });
}

/** Each schema is compiled at the first event that needs it: a start never waits for hundreds. */
export function compilePlan({ id, revision, value }: PlanEntry, compiler: SchemaCompiler): CompiledPlan {
  const events = new Map<string, { readonly check: () => Check; readonly failed: PlanMode }>();
  for (const [name, { schema, mode }] of Object.entries(value.events))
    events.set(name, { check: once(() => checkOf(schema, compiler)), failed: mode ?? value.mode });
  const stray: PlanVerdict = value.unplanned === 'allow' ? unplanned : { verdict: value.unplanned, violations: notPlanned };
  return {
    id,
    revision,
    version: `${id}@${revision}`,
    check(json, type) {
      const planned = events.get(nameOf(json, type));
      if (planned === undefined) return stray;
      const part = own(json, type === 'identify' || type === 'group' ? 'traits' : 'properties');
      const violations = planned.check()(isRecord(part) ? part : nothing);
      return violations.length === 0 ? valid : { verdict: planned.failed, violations };
    },
  };
}

/** @throws where it does not compile: `planProblems` was not asked */
function checkOf(schema: Json, compiler: SchemaCompiler): Check {
  const compiled = compiler.compile(schema);
  if (!compiled.ok) throw new Error(`a stored schema does not compile: ${compiled.problem}`);
  return compiled.check;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** The plan of a source: the one that names it, otherwise the one that names none. */
export function planOf(source: string, plans: readonly PlanEntry[]): PlanEntry | null {
  return plans.find(({ value }) => value.sources.includes(source)) ?? plans.find(({ value }) => value.sources.length === 0) ?? null;
}
