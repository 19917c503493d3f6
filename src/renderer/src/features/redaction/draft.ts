/** Pure: redaction rules as they are edited, and back. */
import {
  type Pattern,
  patterns,
  type Redaction,
  type RedactionRule,
  redactionActions,
  redactionSchema,
} from '#contract/documents/redaction.ts';

export type Action = RedactionRule['action'];

export interface RuleDraft {
  /** Stays while the id is typed and the rows are moved. */
  readonly key: string;
  readonly id: string;
  readonly by: 'path' | 'pattern';
  /** Kept while the rule goes by pattern, and the other way round. */
  readonly path: string;
  readonly pattern: Pattern;
  readonly action: Action;
  readonly keep: number;
}

export interface RedactionDraft {
  readonly name: string;
  readonly sources: readonly string[];
  readonly rules: readonly RuleDraft[];
}

export function draftOf({ name, sources, rules }: Redaction): RedactionDraft {
  return {
    name,
    sources,
    rules: rules.map(({ id, match, action, keep }) => ({
      key: id,
      id,
      by: match.by,
      path: match.by === 'path' ? match.path : '$.',
      pattern: match.by === 'pattern' ? match.pattern : 'email',
      action,
      keep,
    })),
  };
}

export interface Drawn {
  /** Null while something keeps it from being saved. */
  readonly value: Redaction | null;
  /** What is wrong, by dotted path as the gateway writes it. */
  readonly problems: ReadonlyMap<string, string>;
}

export function redactionOf({ name, sources, rules }: RedactionDraft): Drawn {
  const parsed = redactionSchema.safeParse({
    name,
    sources,
    rules: rules.map(({ id, by, path, pattern, action, keep }) => ({
      id,
      match: by === 'path' ? { by, path: path.trim() } : { by, pattern },
      action,
      keep: usesKeep(action) ? keep : 0,
    })),
  });
  const problems = new Map<string, string>();
  if (!parsed.success) for (const issue of parsed.error.issues) problems.set(issue.path.map(String).join('.'), issue.message);
  for (const [index, rule] of rules.entries())
    if (rules.findIndex(({ id }) => id === rule.id) < index) problems.set(`rules.${index}.id`, `there is another rule ${rule.id}`);
  return { value: parsed.success && problems.size === 0 ? parsed.data : null, problems };
}

/** Whether `keep` means anything for an action. */
export function usesKeep(action: Action): boolean {
  return action === 'mask' || action === 'truncate';
}

/** A rule to begin with, under an id that none has. */
export function newRule(rules: readonly RuleDraft[]): RuleDraft {
  for (let number = rules.length + 1; ; number++) {
    const id = `rule-${number}`;
    if (!rules.some((rule) => rule.id === id || rule.key === id))
      return { key: id, id, by: 'path', path: '$.properties.', pattern: 'email', action: 'mask', keep: 0 };
  }
}

/** The rules with one moved up (-1) or down (1). */
export function moved(rules: readonly RuleDraft[], index: number, by: -1 | 1): readonly RuleDraft[] {
  const to = index + by;
  const rule = rules[index];
  if (rule === undefined || to < 0 || to >= rules.length) return rules;
  const rest = rules.toSpliced(index, 1);
  return rest.toSpliced(to, 0, rule);
}

export const actionWords: Readonly<Record<Action, { readonly title: string; readonly meaning: string }>> = {
  drop: { title: 'Drop', meaning: 'the field goes' },
  mask: { title: 'Mask', meaning: 'stars, but for the last' },
  hash: { title: 'Hash', meaning: 'the same text gives the same hash, on this gateway only' },
  truncate: { title: 'Truncate', meaning: 'what is left are the first' },
};

export const patternWords: Readonly<Record<Pattern, string>> = {
  card: 'payment card numbers',
  email: 'e-mail addresses',
};

/** `mask card numbers`, `drop $.traits.phone`: a rule in a few words. */
export function ruleWords({ match, action }: RedactionRule): string {
  return `${actionWords[action].title.toLowerCase()} ${match.by === 'path' ? match.path : patternWords[match.pattern]}`;
}

export const actions = redactionActions;
export const knownPatterns = patterns;
