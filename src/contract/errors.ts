import { backupErrors } from './errors/backup.ts';
import { controlErrors } from './errors/control.ts';
import { credentialErrors } from './errors/credentials.ts';
import { drillErrors } from './errors/drills.ts';
import { erasureErrors } from './errors/erasure.ts';
import { hostErrors } from './errors/host.ts';
import { ingestErrors } from './errors/ingest.ts';
import { limitErrors } from './errors/limits.ts';
import { linkErrors } from './errors/link.ts';
import { replayErrors } from './errors/replay.ts';
import { restoreErrors } from './errors/restore.ts';
import { rolloutErrors } from './errors/rollouts.ts';
import { scheduleErrors } from './errors/schedules.ts';
import { switchingErrors } from './errors/switching.ts';
import { transportErrors } from './errors/transport.ts';
import { z } from './zod.ts';

/**
 * Every expected failure of the product: code to wording and HTTP status. A code is
 * `AREA_REASON`. Add it in `errors/` before using a new code.
 */
const catalogue = {
  ...ingestErrors,
  ...limitErrors,
  ...linkErrors,
  ...controlErrors,
  ...switchingErrors,
  ...replayErrors,
  ...rolloutErrors,
  ...credentialErrors,
  ...drillErrors,
  ...hostErrors,
  ...transportErrors,
  ...backupErrors,
  ...erasureErrors,
  ...restoreErrors,
  ...scheduleErrors,
} as const;

export type ErrorCode = keyof typeof catalogue;
export const errorCodes = Object.keys(catalogue) as readonly ErrorCode[];

const codeSchema = z.string().refine((value): value is ErrorCode => Object.hasOwn(catalogue, value), 'unknown error code');

/** An expected failure as a value. `details` never holds a secret or personal data. */
export const appErrorSchema = z.strictObject({
  code: codeSchema,
  message: z.string(),
  retryable: z.boolean(),
  details: z.record(z.string(), z.unknown()).optional(),
  suggestedAction: z.string(),
});
export interface AppError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  readonly suggestedAction: string;
}

export function appError(code: ErrorCode, details?: Readonly<Record<string, unknown>>): AppError {
  const entry = catalogue[code];
  return { code, message: entry.message, retryable: entry.retryable, suggestedAction: entry.action, ...(details ? { details } : {}) };
}

/** HTTP status of an error where it answers an HTTP request. */
export function httpStatus(code: ErrorCode): number {
  return catalogue[code].status;
}

/** Carries an expected failure through code that can only throw (constructors, streams). */
export class AppFailure extends Error {
  readonly error: AppError;
  constructor(error: AppError, options?: ErrorOptions) {
    super(`${error.code}: ${error.message}`, options);
    this.name = 'AppFailure';
    this.error = error;
  }
}
