/** Consent and suppression. People are known by a keyed hash of their id; the ids themselves are never stored here, shown or audited. */
import { categorySchema, consentSchema, suppressionKinds } from '../documents/consent.ts';
import { nameSchema } from '../documents/source.ts';
import { commandFields, defineOperation } from '../operation.ts';
import { z } from '../zod.ts';

const changed = z.strictObject({ revision: z.number().int() });
const personId = z.string().min(1).max(512);
/** userId or anonymousId, as events carry it. */
const personIds = z.array(personId).min(1).max(1000);

export const consentPut = defineOperation({
  name: 'consent.put',
  title: 'Say what consent a destination needs',
  kind: 'command',
  permission: 'lead',
  danger: 'guarded',
  input: z.strictObject({ ...commandFields, id: nameSchema, value: consentSchema }),
  output: changed,
});

export const consentRemove = defineOperation({
  name: 'consent.remove',
  title: 'Let a destination go without consent',
  kind: 'command',
  permission: 'lead',
  danger: 'critical',
  input: z.strictObject({ ...commandFields, id: nameSchema, confirm: z.string().optional() }),
  output: changed,
});

/** Grants or withdraws categories for one person, from now on. Others stay as they were. */
export const consentSet = defineOperation({
  name: 'consent.set',
  title: 'Record a person’s consent',
  kind: 'command',
  permission: 'operator',
  danger: 'guarded',
  input: z.strictObject({ ...commandFields, person: personId, categories: z.record(categorySchema, z.boolean()) }),
  output: z.strictObject({ person: z.string() }),
});

export const consentRead = defineOperation({
  name: 'consent.read',
  title: 'A person’s consent',
  kind: 'query',
  permission: 'viewer',
  input: z.strictObject({ person: personId }),
  output: z.strictObject({
    /** The keyed hash that stands for the person. */
    person: z.string(),
    categories: z.record(z.string(), z.strictObject({ granted: z.boolean(), at: z.number() })),
    suppressed: z.enum(suppressionKinds).nullable(),
    /** What each destination that needs consent would do with an event that says nothing itself. */
    destinations: z.array(z.strictObject({ destination: z.string(), isAllowed: z.boolean() })),
  }),
});

export const suppressionAdd = defineOperation({
  name: 'suppression.add',
  title: 'Suppress people',
  kind: 'command',
  permission: 'operator',
  danger: 'guarded',
  input: z.strictObject({ ...commandFields, people: personIds, kind: z.enum(suppressionKinds) }),
  output: z.strictObject({ added: z.number() }),
});

export const suppressionRemove = defineOperation({
  name: 'suppression.remove',
  title: 'Lift a person’s suppression',
  kind: 'command',
  permission: 'lead',
  danger: 'critical',
  input: z.strictObject({ ...commandFields, person: personId }),
  output: z.strictObject({ removed: z.number() }),
});

export const suppressionList = defineOperation({
  name: 'suppression.list',
  title: 'Suppressed people',
  kind: 'query',
  permission: 'viewer',
  input: z.strictObject({ after: z.string().max(100).default(''), limit: z.number().int().min(1).max(1000).default(200) }),
  output: z.strictObject({
    total: z.number(),
    people: z.array(z.strictObject({ person: z.string(), kind: z.enum(suppressionKinds), at: z.number() })),
  }),
});
