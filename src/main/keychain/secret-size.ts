import { type AppError, appError } from '#contract/errors.ts';
import type { Secret } from '#contract/secret.ts';
import { maxSecretBytes } from './secret-store.ts';

/** Why a secret cannot be stored, or null. */
export function checkSecret(value: Secret): AppError | null {
  if (value.length === 0) return appError('SECRET_EMPTY');
  return Buffer.byteLength(value.reveal(), 'utf8') > maxSecretBytes ? appError('SECRET_TOO_LONG') : null;
}
