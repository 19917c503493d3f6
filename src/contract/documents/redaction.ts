import { z } from '../zod.ts';
import { nameSchema } from './source.ts';

/** What can be recognised in free text: payment card numbers (13 to 19 digits, checked by Luhn) and e-mail addresses. */
export const patterns = ['card', 'email'] as const;
export type Pattern = (typeof patterns)[number];

/**
 * drop: the field goes; by pattern, the field that holds a match. mask: stars, but for the last `keep` characters. hash: a keyed
 * hash, the same for the same text on this gateway. truncate: what is left is `keep` characters; by pattern, what stands before the match.
 */
export const redactionActions = ['drop', 'mask', 'hash', 'truncate'] as const;

export const redactionRuleSchema = z.strictObject({
  id: nameSchema,
  match: z.discriminatedUnion('by', [
    /** JSONPath from the event's root: `$.traits.phone`, `$.properties.items[*].note`, `$..ssn`. */
    z.strictObject({ by: z.literal('path'), path: z.string().min(2).max(300) }),
    /** In every text of the event, keys too. */
    z.strictObject({ by: z.literal('pattern'), pattern: z.enum(patterns) }),
  ]),
  action: z.enum(redactionActions),
  /** mask: characters left at the end. truncate: characters left at the start. */
  keep: z.number().int().min(0).max(1000).default(0),
});
export type RedactionRule = z.output<typeof redactionRuleSchema>;

/** Rules applied, in their order, before an event is written anywhere. */
export const redactionSchema = z.strictObject({
  name: z.string().trim().min(1).max(100),
  /** Sources it applies to; empty means all. */
  sources: z.array(nameSchema).default([]),
  rules: z.array(redactionRuleSchema).min(1).max(100),
});
export type Redaction = z.output<typeof redactionSchema>;
