/**
 * Feature flags in flagd's definition format (flagd.dev/reference/flag-definitions), each a document; its id is the flag's
 * key. Apps evaluate them over OFREP, and a destination's rollout may hang on one.
 */
import { z } from '../zod.ts';

export const flagKeySchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'use letters, digits, dots, dashes and underscores, at most 100');

/** release: a change on its way to everybody. kill: true is normal, false is the emergency, for everybody at once. ops: a setting for good. */
export const flagTypes = ['release', 'kill', 'ops'] as const;

const variantValue = z.union([z.boolean(), z.string().max(10_000), z.number(), z.record(z.string(), z.unknown())]);

export const flagSchema = z
  .strictObject({
    description: z.string().max(500).default(''),
    type: z.enum(flagTypes).default('release'),
    /** DISABLED: apps get their own default, as if there were no flag. */
    state: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
    /** Every value that it can have, by name; all of one kind. */
    variants: z.record(z.string().min(1).max(100), variantValue),
    /** The variant where no targeting decides. */
    defaultVariant: z.string(),
    /** JsonLogic with flagd's operations (`fractional`, `starts_with`, `sem_ver` ...); empty: the default for everybody. */
    targeting: z.record(z.string(), z.unknown()).default({}),
    metadata: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
    /** False: apps never see it; the gateway alone evaluates it. */
    exposed: z.boolean().default(true),
    owner: z.string().max(100).optional(),
    /** Epoch ms from which it is pointed out as stale. */
    staleAt: z.number().int().nullable().default(null),
    demo: z.boolean().default(false),
  })
  .check(({ value, issues }) => {
    const values = Object.values(value.variants);
    const say = (path: string, message: string) => issues.push({ code: 'custom', path: [path], message, input: value });
    if (values.length === 0) say('variants', 'a flag needs at least one variant');
    if (new Set(values.map((each) => typeof each)).size > 1) say('variants', 'all variants must be of one kind');
    if (!Object.hasOwn(value.variants, value.defaultVariant)) say('defaultVariant', 'must be the name of a variant');
    if (value.type !== 'kill') return;
    // One click must reach everybody: with targeting, the default variant would not.
    if (Object.keys(value.targeting).length > 0) say('targeting', 'a kill flag is for everybody: it has no targeting');
    if (values.length !== 2 || !values.includes(true) || !values.includes(false)) say('variants', 'a kill flag has one true and one false');
  });
export type Flag = z.output<typeof flagSchema>;
