import type { ErrorCode } from '#contract/errors.ts';

/**
 * An expected failure inside a worker. Becomes an AppFailure on the main thread; the workers do not load the
 * catalogue, which brings a schema library with it and would triple their start.
 */
export class StoreFailure extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, details: Readonly<Record<string, unknown>>) {
    super(`${code}: ${JSON.stringify(details)}`);
    this.name = 'StoreFailure';
    this.code = code;
    this.details = details;
  }
}

export function corrupt(cause: string, file?: string): StoreFailure {
  return new StoreFailure('DATA_CORRUPT', file === undefined ? { cause } : { file, cause });
}
