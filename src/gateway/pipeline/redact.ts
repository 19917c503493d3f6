/**
 * Redaction: what of an event is never written down. Runs on parsed JSON before anything is stored; a
 * part that no rule touches is handed on as it is, so an event without a match costs one walk and no copy.
 *
 * Ids are never masked or cut, but hashed whole: two people must not become one, and one person stays one.
 */
import type { Pattern, Redaction, RedactionRule } from '#contract/documents/redaction.ts';
import { findPattern, hasPattern, isCardNumber } from './find-patterns.ts';
import { define, isRecord, type Json } from './json.ts';
import { type PathStep, parsePath } from './json-path.ts';

/** A keyed hash, the same for the same text; its result must hold none of the patterns. */
export type HashText = (text: string) => string;

export interface Redacted {
  /** The same object where nothing changed. */
  readonly json: Json;
  /** Rules that changed something, as `document/rule`. */
  readonly rules: readonly string[];
}

export interface Redactor {
  redact(json: Json): Redacted;
}

/** A redaction document with its id. */
export interface RedactionEntry {
  readonly id: string;
  readonly value: Redaction;
}

/** Top-level keys that stand for somebody or something: hashed whole. */
const idKeys: ReadonlySet<string> = new Set(['userId', 'anonymousId', 'groupId', 'previousId', 'messageId']);
/** Top-level keys that the gateway itself works by; a path may not name them. */
const ownKeys: ReadonlySet<string> = new Set(['type', 'messageId', 'timestamp', 'sentAt', 'integrations']);
const stars = '***';
const gone = Symbol('dropped');

/** Why a rule cannot be applied; null where it can. */
export function ruleProblem({ match }: RedactionRule): string | null {
  if (match.by === 'pattern') return null;
  const steps = parsePath(match.path);
  if (steps === null) return 'is no JSONPath such as $.traits.phone, $.properties.items[*].note or $..ssn';
  const [first] = steps;
  return first?.kind === 'name' && ownKeys.has(first.name) ? `must not name ${first.name}: the gateway works by it` : null;
}

/** Draws the rules together; null where there are none, so that the hot path can leave them out. */
export function compileRedaction(entries: readonly RedactionEntry[], hash: HashText): Redactor | null {
  const rules = entries.flatMap(({ id, value }) => value.rules.map((rule) => ({ name: `${id}/${rule.id}`, rule })));
  if (rules.length === 0) return null;
  const steps = stepsOf(rules, hash);
  return {
    redact(json) {
      let now = json;
      let applied: string[] | null = null;
      for (const { isNeeded, run } of steps) {
        if (isNeeded !== null && !isNeeded(now)) continue;
        for (const { name, apply } of run) {
          const next = apply(now);
          if (next === now) continue;
          now = next;
          applied ??= [];
          applied.push(name);
        }
      }
      return { json: now, rules: applied ?? none };
    },
  };
}

const none: readonly string[] = [];

interface NamedRule {
  readonly name: string;
  readonly rule: RedactionRule;
}

interface Step {
  /** Whether any of the rules may find something; null: ask them. */
  readonly isNeeded: ((json: Json) => boolean) | null;
  readonly run: readonly { readonly name: string; readonly apply: (json: Json) => Json }[];
}

/** Rules in their order. Pattern rules that follow each other share one look at the event, since most hold no match at all. */
function stepsOf(rules: readonly NamedRule[], hash: HashText): readonly Step[] {
  const steps: { isNeeded: Step['isNeeded']; run: Step['run'][number][] }[] = [];
  let patterns: Set<Pattern> | null = null;
  for (const { name, rule } of rules) {
    const apply = compileRule(rule, hash);
    if (rule.match.by === 'path') {
      patterns = null;
      steps.push({ isNeeded: null, run: [{ name, apply }] });
    } else if (patterns === null) {
      patterns = new Set([rule.match.pattern]);
      steps.push({ isNeeded: createLook(patterns), run: [{ name, apply }] });
    } else {
      patterns.add(rule.match.pattern);
      steps.at(-1)?.run.push({ name, apply });
    }
  }
  return steps;
}

/** Looks whether a pattern is anywhere in an event, names of fields included. */
function createLook(patterns: ReadonlySet<Pattern>): (json: Json) => boolean {
  const plainNames = new Set<string>();
  const inText = (text: string): boolean => {
    for (const pattern of patterns) if (hasPattern(pattern, text)) return true;
    return false;
  };
  const inName = (name: string): boolean => {
    if (plainNames.has(name)) return false;
    const isFound = inText(name);
    if (!isFound && name.length <= longestPlainName && plainNames.size < maxPlainNames) plainNames.add(name);
    return isFound;
  };
  const inValue = (value: unknown): boolean => {
    if (typeof value === 'string') return inText(value);
    if (typeof value === 'number') return value > largestPlain && inText(String(value));
    if (typeof value !== 'object' || value === null) return false;
    if (Array.isArray(value)) return value.some(inValue);
    const json = value as Json;
    for (const name in json) if (inName(name) || inValue(json[name])) return true;
    return false;
  };
  return inValue;
}

/** No number up to this is a card number. */
const largestPlain = 1e12;
/** Bounded, because names come from senders. */
const maxPlainNames = 5000;
const longestPlainName = 64;

function compileRule(rule: RedactionRule, hash: HashText): (json: Json) => Json {
  const { match } = rule;
  if (match.by === 'path') {
    const steps = parsePath(match.path) ?? [];
    return (json) =>
      asRecord(
        walkPath(json, steps, 0, (value, isId) => actOnValue(rule, value, isId, hash), true),
        json,
      );
  }
  const { pattern } = match;
  return (json) => redactRoot(json, { pattern, rule, hash });
}

function asRecord(value: unknown, otherwise: Json): Json {
  return isRecord(value) ? value : otherwise;
}

/** What becomes of a value that a path names. */
function actOnValue(rule: RedactionRule, value: unknown, isId: boolean, hash: HashText): unknown {
  if (rule.action === 'drop') return gone;
  if (value === null) return value;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (rule.action === 'hash' || isId) return hash(text);
  if (rule.action === 'truncate') return text.length <= rule.keep ? value : sound(text.slice(0, rule.keep));
  return masked(text, rule.keep);
}

/** Stars for a text, but for its last `keep` characters, of which at most half may show. */
function masked(text: string, keep: number): string {
  const shown = Math.min(keep, Math.floor(text.length / 2));
  return shown === 0 ? stars : `${stars}${text.slice(-shown).toWellFormed()}`;
}

/** Cutting may leave half a character, which JSON would write as an escape that vendors refuse. */
function sound(text: string): string {
  return text.toWellFormed();
}

/** `isId`: the value is one of the ids at the event's root. */
type Act = (value: unknown, isId: boolean) => unknown;

function walkPath(value: unknown, steps: readonly PathStep[], at: number, act: Act, isRoot: boolean): unknown {
  const step = steps[at];
  if (step === undefined || typeof value !== 'object' || value === null) return value;
  if (step.kind === 'deep') {
    const here = walkPath(value, steps, at + 1, act, isRoot);
    return mapMembers(here, isRoot, (member) => walkPath(member, steps, at, act, false));
  }
  const change = (member: unknown, key: string | number) =>
    at + 1 === steps.length ? act(member, isRoot && idKeys.has(String(key))) : walkPath(member, steps, at + 1, act, false);
  if (step.kind === 'name') return Array.isArray(value) ? value : changeMember(value as Json, step.name, isRoot, change);
  return mapMembers(value, isRoot, (member, key) => (step.kind === 'any' || step.index === key ? change(member, key) : member));
}

/** Most paths are names only: no member but those is looked at. */
function changeMember(json: Json, name: string, isRoot: boolean, change: (member: unknown, key: string) => unknown): unknown {
  if (!Object.hasOwn(json, name) || (isRoot && ownKeys.has(name))) return json;
  const next = change(json[name], name);
  return next === json[name] ? json : withChanges(json, new Map([[name, next]]));
}

/** A copy with some members changed or gone; the value itself where none was. At the root, keys that the gateway works by are passed over. */
function mapMembers(value: unknown, isRoot: boolean, change: (member: unknown, key: string | number) => unknown): unknown {
  if (Array.isArray(value)) {
    let copy: unknown[] | null = null;
    for (let index = 0; index < value.length; index++) {
      const next = change(value[index], index);
      if (next === value[index]) continue;
      copy ??= [...value];
      // The others keep their places.
      copy[index] = next === gone ? null : next;
    }
    return copy ?? value;
  }
  if (!isRecord(value)) return value;
  let changed: Map<string, unknown> | null = null;
  for (const key in value) {
    if (isRoot && ownKeys.has(key)) continue;
    const next = change(value[key], key);
    if (next === value[key]) continue;
    changed ??= new Map();
    changed.set(key, next);
  }
  return changed === null ? value : withChanges(value, changed);
}

function withChanges(value: Json, changed: ReadonlyMap<string, unknown>): Json {
  const copy: Record<string, unknown> = {};
  for (const key in value) {
    const next = changed.has(key) ? changed.get(key) : value[key];
    if (next !== gone) define(copy, key, next);
  }
  return copy;
}

interface PatternRule {
  readonly pattern: Pattern;
  readonly rule: RedactionRule;
  readonly hash: HashText;
}

function redactRoot(json: Json, by: PatternRule): Json {
  const root = redactMembers(json, by, (value, key) => {
    if (key === 'type') return value;
    if (idKeys.has(key)) return redactId(value, key, by);
    return redactValue(value, by);
  });
  return asRecord(root, json);
}

/** A message id is never dropped: the gateway could not tell a resend. */
function redactId(value: unknown, key: string, { pattern, rule, hash }: PatternRule): unknown {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || !hasPattern(pattern, text)) return value;
  return rule.action === 'drop' && key !== 'messageId' ? gone : hash(text);
}

function redactValue(value: unknown, by: PatternRule): unknown {
  if (typeof value === 'string') return redactText(value, by);
  if (typeof value === 'number') return by.pattern === 'card' && isCardNumber(value) ? redactText(String(value), by) : value;
  if (Array.isArray(value)) return mapMembers(value, false, (member) => redactValue(member, by));
  return isRecord(value) ? redactMembers(value, by, (member) => redactValue(member, by)) : value;
}

/** Members and their names. */
function redactMembers(json: Json, by: PatternRule, change: (value: unknown, key: string) => unknown): Json {
  let copy: Record<string, unknown> | null = null;
  for (const key in json) {
    const value = json[key];
    const name = redactText(key, by);
    const next = name === gone ? gone : change(value, key);
    if (copy === null && (name !== key || next !== value)) copy = before(json, key);
    if (copy !== null && next !== gone) define(copy, freeName(copy, String(name)), next);
  }
  return copy ?? json;
}

/** The members that come before a key. */
function before(json: Json, end: string): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const key in json) {
    if (key === end) break;
    define(copy, key, json[key]);
  }
  return copy;
}

/** Two names that became one must not hide each other's values. */
function freeName(json: Json, name: string): string {
  if (!Object.hasOwn(json, name)) return name;
  let count = 2;
  while (Object.hasOwn(json, `${name}~${count}`)) count++;
  return `${name}~${count}`;
}

function redactText(text: string, { pattern, rule, hash }: PatternRule): string | typeof gone {
  const matches = findPattern(pattern, text);
  const [first] = matches;
  if (first === undefined) return text;
  if (rule.action === 'drop') return gone;
  if (rule.action === 'truncate') return sound(text.slice(0, first.start));
  const replace = (found: string) => (rule.action === 'hash' ? hash(found) : masked(found, rule.keep));
  let out = '';
  let at = 0;
  for (const { start, end } of matches) {
    out += text.slice(at, start) + replace(text.slice(start, end));
    at = end;
  }
  out += text.slice(at);
  // What was left of a match may make another with its neighbours: then nothing of the text is kept.
  if (!hasPattern(pattern, out)) return out;
  return rule.action === 'hash' ? hash(text) : stars;
}
