/**
 * What is done to the events of one source before anything is written, in this order: the person is looked up
 * (suppressed? what do they consent to?), then redaction, then the tracking plan. So nothing that must not be kept
 * reaches a disk, the quarantine's included, and a plan describes events as they are kept.
 */
import type { SuppressionKind } from '#contract/documents/consent.ts';
import type { PlanMode } from '#contract/documents/plan.ts';
import type { Violation } from '#contract/operations/pipeline.ts';
import { type Preferences, preferencesOf } from '#gateway/pipeline/consent.ts';
import type { EventType } from '#gateway/pipeline/event.ts';
import type { CompiledPlan } from '#gateway/pipeline/plan.ts';
import type { Provenance } from '#gateway/pipeline/provenance.ts';
import type { Redactor } from '#gateway/pipeline/redact.ts';
import { idOf, nameOf, timestampOf } from '#gateway/pipeline/to-event.ts';
import type { EventJson } from './check-event.ts';

/** What is known of people, as ingest needs it. */
export interface PeopleAtIngest {
  suppressionOf(ids: readonly string[]): SuppressionKind | null;
  /** Takes note of what people choose; true where that is news, which the answer must wait for. */
  learn(ids: readonly string[], preferences: Preferences, atMs: number): boolean;
}

/** Told of each event that breaks its plan, whatever is done about it. */
export interface ViolationBook {
  record(plan: CompiledPlan, source: string, event: string, mode: PlanMode, violations: readonly Violation[]): void;
}

export interface TreatmentParts {
  readonly source: string;
  readonly redactor: Redactor | null;
  readonly plan: CompiledPlan | null;
  /** Null where no destination asks for consent and nobody was ever suppressed. */
  readonly people: PeopleAtIngest | null;
  readonly violations: ViolationBook;
}

export interface Treated {
  /** The same object where nothing was changed. */
  readonly json: EventJson;
  readonly fate: 'accept' | 'quarantine' | 'block';
  readonly violations: readonly Violation[];
  readonly plan: CompiledPlan | null;
  readonly provenance: Provenance | null;
  /** Something was learned about the person that is not yet durable. */
  readonly hasLearned: boolean;
}

export interface Treatment {
  /** @param shared what a batch says once for all of its events */
  treat(json: EventJson, type: EventType, shared: EventJson | undefined, receivedAt: number): Treated;
  /** What a batch says for all of its events, redacted. The same object where nothing changed. */
  envelope(envelope: EventJson): EventJson;
}

/** Rules that changed events so far, in combinations; beyond it none is remembered. */
const maxCombinations = 200;
const noRules: readonly string[] = [];

/** Null where there is nothing to do: the hot path then does nothing. */
export function createTreatment(parts: TreatmentParts): Treatment | null {
  const { source, redactor, plan, people, violations: book } = parts;
  if (redactor === null && plan === null && people === null) return null;
  const marks = createMarks(plan?.version);

  function check(json: EventJson, type: EventType, rules: readonly string[], hasLearned: boolean): Treated {
    const found = plan?.check(json, type);
    if (plan === null || found === undefined || found.violations.length === 0)
      return { json, fate: 'accept', violations: none, plan, provenance: marks.of(rules, found?.verdict === 'valid'), hasLearned };
    const { verdict, violations } = found;
    if (verdict === 'valid' || verdict === 'unplanned') throw new Error('a valid event has no violations');
    book.record(plan, source, nameOf(json, type), verdict, violations);
    const provenance = { schema: plan.version, violations: violations.length, ...(rules.length > 0 ? { rules: [...rules] } : {}) };
    return { json, fate: verdict === 'report' ? 'accept' : verdict, violations, plan, provenance, hasLearned };
  }

  return {
    treat(json, type, shared, receivedAt) {
      const ids = people === null ? noIds : idsOf(json);
      const kind = people?.suppressionOf(ids) ?? null;
      if (kind !== null) return suppressed(json, type, kind, redactor);
      const hasLearned = people !== null && learn(people, ids, json, shared, receivedAt);
      if (redactor === null) return check(json, type, noRules, hasLearned);
      const redacted = redactor.redact(json);
      return check(redacted.json, type, redacted.rules, hasLearned);
    },
    envelope: (envelope) => redactor?.redact(envelope).json ?? envelope,
  };
}

const none: readonly Violation[] = [];
const noIds: readonly string[] = [];

function idsOf(json: EventJson): readonly string[] {
  const user = idOf(json.userId);
  const anonymous = idOf(json.anonymousId);
  if (user === null) return anonymous === null ? noIds : [anonymous];
  return anonymous === null ? [user] : [user, anonymous];
}

function learn(
  people: PeopleAtIngest,
  ids: readonly string[],
  json: EventJson,
  shared: EventJson | undefined,
  receivedAt: number,
): boolean {
  const preferences = preferencesOf(json.context) ?? preferencesOf(shared?.context);
  if (preferences === null) return false;
  const at = timestampOf(json.timestamp, shared?.sentAt ?? json.sentAt, receivedAt);
  // A clock that is ahead must not outvote what the person chooses next.
  return people.learn(ids, preferences, Math.min(at, receivedAt));
}

/** Of a suppressed person's event only that there was one is kept. It is counted everywhere and sent nowhere. */
function suppressed(json: EventJson, type: EventType, kind: SuppressionKind, redactor: Redactor | null): Treated {
  const { messageId, timestamp, sentAt } = json;
  const name = type === 'track' ? { event: json.event } : {};
  const bare = { type, messageId, timestamp, sentAt, ...name };
  const kept = redactor === null ? bare : redactor.redact(bare).json;
  return { json: kept, fate: 'accept', violations: none, plan: null, provenance: { suppressed: kind }, hasLearned: false };
}

/** Provenance by what was done, one object for each combination: its text is then made once. */
function createMarks(version: string | undefined) {
  const known = new Map<string, Provenance | null>();
  const make = (rules: readonly string[], isValid: boolean): Provenance | null => {
    const schema = isValid && version !== undefined ? { schema: version } : {};
    if (rules.length === 0) return isValid && version !== undefined ? schema : null;
    return { ...schema, rules: [...rules] };
  };
  const plain = { valid: make(noRules, true), other: make(noRules, false) };
  return {
    of(rules: readonly string[], isValid: boolean): Provenance | null {
      if (rules.length === 0) return isValid ? plain.valid : plain.other;
      const key = `${isValid}${rules.join(' ')}`;
      const found = known.get(key);
      if (found !== undefined) return found;
      const made = make(rules, isValid);
      if (known.size < maxCombinations) known.set(key, made);
      return made;
    },
  };
}
