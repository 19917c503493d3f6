/** Pure: a flag as it is edited, and back. */
import { type Flag, flagSchema } from '#contract/documents/flag.ts';
import { shareOf, withShare } from '#contract/documents/flag-share.ts';
import { leading } from '#renderer/frame/flag-words.ts';
import { type JsonText, readJson, writeJson } from '#renderer/ui/json-text.ts';

type Plain = Pick<Flag, 'description' | 'type' | 'state' | 'defaultVariant' | 'exposed' | 'staleAt' | 'metadata' | 'demo'>;

export interface FlagDraft extends Plain {
  readonly owner: string;
  /** JSON as it is typed. */
  readonly variants: string;
  readonly targeting: string;
}

export function draftOf({ variants, targeting, owner = '', ...plain }: Flag): FlagDraft {
  return { ...plain, owner, variants: writeJson(variants), targeting: writeJson(targeting) };
}

export interface Drawn {
  /** Null while something keeps it from being saved. */
  readonly value: Flag | null;
  /** What is wrong, by dotted path as the gateway writes it. */
  readonly problems: ReadonlyMap<string, string>;
  readonly variants: JsonText;
  readonly targeting: JsonText;
}

export function flagOf({ owner, ...draft }: FlagDraft): Drawn {
  const [variants, targeting] = [readJson(draft.variants), readJson(draft.targeting)];
  if (!variants.ok || !targeting.ok) return { value: null, problems: new Map(), variants, targeting };
  const given = { ...draft, variants: variants.value, targeting: targeting.value, ...(owner.trim() === '' ? {} : { owner: owner.trim() }) };
  const parsed = flagSchema.safeParse(given);
  const issues = parsed.success ? [] : parsed.error.issues.map(({ path, message }) => [String(path[0] ?? ''), message] as const);
  return { value: parsed.success ? parsed.data : null, problems: new Map(issues), variants, targeting };
}

/** How far a rollout is, where it can be told: the variant and its percent. */
export function rolloutOf(flag: Flag): { readonly variant: string; readonly percent: number } | null {
  const variant = leading(flag);
  const percent = shareOf(flag, variant);
  return percent === null || flag.type === 'kill' || Object.keys(flag.variants).length < 2 ? null : { variant, percent };
}

/** The draft with another percent; unchanged where its targeting cannot be drawn so. */
export function withPercent(draft: FlagDraft, percent: number): FlagDraft {
  const { value } = flagOf(draft);
  const changed = value && withShare(value, leading(value), percent);
  return changed ? { ...draft, targeting: writeJson(changed.targeting) } : draft;
}

/** The draft as a flag of another type; a kill flag has no targeting. */
export function withType(draft: FlagDraft, type: Flag['type']): FlagDraft {
  return { ...draft, type, ...(type === 'kill' ? { targeting: writeJson({}) } : {}) };
}

/** A boolean flag that nobody has yet; a kill flag that is on. */
export function firstDraft(type: Flag['type'], description: string, owner: string): FlagDraft {
  const defaultVariant = type === 'kill' ? 'on' : 'off';
  return { ...draftOf(flagSchema.parse({ type, description, variants: { on: true, off: false }, defaultVariant })), owner };
}
