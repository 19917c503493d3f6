import type { AppError, ErrorCode } from '#contract/errors.ts';
import type { Io } from './io.ts';

/** How the command line ended, for scripts. */
export const exitCode = { ok: 0, failed: 1, usage: 2, unreachable: 3 } as const;
export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

export interface Options {
  readonly url?: string | undefined;
  readonly data?: string | undefined;
  readonly json?: boolean | undefined;
}

/** What every command is given. */
export interface Cli {
  readonly io: Io;
  readonly options: Options;
}

/** Which option answers what the gateway asked for. */
const remedies: Partial<Record<ErrorCode, string>> = {
  REASON_REQUIRED: "Here: --reason 'why'",
  CONFIRMATION_REQUIRED: 'Here: --confirm NAME; see first what it would do with --dry-run',
};

const unreachable: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['GATEWAY_OFFLINE', 'PEER_CLOSED', 'PEER_DEADLINE']);

export function isUnreachable(error: AppError): boolean {
  return unreachable.has(error.code);
}

/** Prints an expected failure to stderr, with what to do about it, and says how to exit. */
export function fail({ io, options }: Cli, error: AppError): ExitCode {
  if (options.json) io.err(`${JSON.stringify({ error })}\n`);
  else {
    io.err(`${error.code}: ${error.message}\n${error.suggestedAction}\n`);
    if (error.details && Object.keys(error.details).length > 0) io.err(`${JSON.stringify(error.details)}\n`);
    const remedy = remedies[error.code];
    if (remedy) io.err(`${remedy}\n`);
  }
  return isUnreachable(error) ? exitCode.unreachable : exitCode.failed;
}

/** Prints what is wrong with how the command was written. */
export function misuse({ io }: Cli, message: string): ExitCode {
  io.err(`${message}\n`);
  return exitCode.usage;
}

/** Prints a result: for people as `text` says, with --json as one line of JSON. */
export async function show({ io, options }: Cli, value: unknown, text: () => string): Promise<ExitCode> {
  await io.out(options.json ? `${JSON.stringify(value)}\n` : `${text().trimEnd()}\n`);
  return exitCode.ok;
}
