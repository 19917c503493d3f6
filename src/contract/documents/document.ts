/**
 * A document is anything that an operator can change. All kinds share one mechanism:
 * revisions, watch, history, diff, revert, audit. A kind adds a schema and its commands.
 */
import { z } from '../zod.ts';
import { breakerSchema } from './breaker.ts';
import { consentSchema } from './consent.ts';
import { credentialSchema } from './credential.ts';
import { destinationSchema } from './destination.ts';
import { drillSchema } from './drill.ts';
import { failoverSchema } from './endpoints.ts';
import { erasureSchema } from './erasure.ts';
import { flagSchema } from './flag.ts';
import { planSchema } from './plan.ts';
import { playbookRunSchema, playbookSchema } from './playbook.ts';
import { redactionSchema } from './redaction.ts';
import { replaySchema } from './replay.ts';
import { restorePointSchema } from './restore-point.ts';
import { rolloutSchema } from './rollout.ts';
import { scheduleSchema } from './schedule.ts';
import { settingsSchema } from './settings.ts';
import { sourceSchema } from './source.ts';
import { switchSchema } from './switch.ts';

export const documentKinds = {
  source: sourceSchema,
  destination: destinationSchema,
  switch: switchSchema,
  credential: credentialSchema,
  settings: settingsSchema,
  plan: planSchema,
  redaction: redactionSchema,
  consent: consentSchema,
  replay: replaySchema,
  drill: drillSchema,
  failover: failoverSchema,
  breaker: breakerSchema,
  erasure: erasureSchema,
  flag: flagSchema,
  schedule: scheduleSchema,
  rollout: rolloutSchema,
  'restore-point': restorePointSchema,
  playbook: playbookSchema,
  'playbook-run': playbookRunSchema,
} as const;

export type DocumentKind = keyof typeof documentKinds;
export type DocumentValue<K extends DocumentKind = DocumentKind> = z.output<(typeof documentKinds)[K]>;
export const documentKindSchema = z.enum(Object.keys(documentKinds) as [DocumentKind, ...DocumentKind[]]);

/** One revision of a document. `value: null` means deleted at this revision. */
export interface Document<K extends DocumentKind = DocumentKind> {
  readonly kind: K;
  readonly id: string;
  /** 1 for the first; each change adds 1. */
  readonly revision: number;
  readonly value: DocumentValue<K> | null;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Who: an operator, `config` (the file), `timer`, `system`. */
  readonly by: string;
  readonly reason: string;
}

export const documentSchema = z.strictObject({
  kind: documentKindSchema,
  id: z.string(),
  revision: z.number().int().positive(),
  value: z.unknown(),
  at: z.number(),
  by: z.string(),
  reason: z.string(),
});
