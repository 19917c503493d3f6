import { nameSchema } from '../documents/source.ts';
import { defineOperation } from '../operation.ts';
import { z } from '../zod.ts';

/**
 * Whose trouble it is. fine: no sign of any. us: our credential, our events, our pace or our gateway. them: the vendor.
 * network: the way between, for more than one vendor. unclear: something is wrong and the evidence does not say whose.
 */
export const verdicts = ['fine', 'us', 'them', 'network', 'unclear'] as const;
export type Verdict = (typeof verdicts)[number];

/**
 * Where a piece of evidence comes from. traffic: answers to our own deliveries. lane: what the lane waits for. probe: a call of
 * ours beside the deliveries. feed: the vendor's public status page. neighbours: the other destinations. control: the control address.
 */
export const evidenceSources = ['traffic', 'lane', 'probe', 'feed', 'neighbours', 'control'] as const;

export const evidenceItemSchema = z.strictObject({
  from: z.enum(evidenceSources),
  /** What this alone speaks for; null where it speaks for nothing. */
  says: z.enum(verdicts).nullable(),
  /** In an operator's words; masked. */
  text: z.string(),
  /** Epoch ms of the observation; null where it is of this moment. */
  at: z.number().nullable(),
});
export type EvidenceItem = z.output<typeof evidenceItemSchema>;

export const vendorVerdictSchema = z.strictObject({
  destination: z.string(),
  verdict: z.enum(verdicts),
  /** Epoch ms since when. */
  since: z.number(),
  /** One line that says why, without figures that change every second. */
  line: z.string(),
  evidence: z.array(evidenceItemSchema),
});
export type VendorVerdict = z.output<typeof vendorVerdictSchema>;

export const verdictRead = defineOperation({
  name: 'verdict.read',
  title: 'Us or them?',
  kind: 'query',
  permission: 'viewer',
  input: z.strictObject({ destination: nameSchema.optional() }),
  output: z.strictObject({ verdicts: z.array(vendorVerdictSchema) }),
});

/** Probes the vendor and reads its status page now, instead of when they are due next. Changes nothing. */
export const verdictProbe = defineOperation({
  name: 'verdict.probe',
  title: 'Ask vendor and status page now',
  kind: 'query',
  permission: 'operator',
  input: z.strictObject({ destination: nameSchema }),
  output: vendorVerdictSchema,
});
