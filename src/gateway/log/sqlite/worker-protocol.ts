/**
 * Calls into the log's own workers. Both ends are this program, so messages are typed, not parsed. Top-level
 * ArrayBuffers of a reply go by transfer.
 */
import type { ErrorCode } from '#contract/errors.ts';

export interface CallMessage {
  readonly id: number;
  readonly name: string;
  readonly input: unknown;
}

export type ReplyMessage = { readonly id: number; readonly value: unknown } | { readonly id: number; readonly failure: Failure };

/** How an error crosses: expected ones keep their code, refusals their name, bugs their stack. */
export type Failure =
  | { readonly kind: 'store'; readonly code: ErrorCode; readonly details: Readonly<Record<string, unknown>> }
  | { readonly kind: 'bug'; readonly name: string; readonly message: string; readonly stack: string };

/** An interface of functions: what a worker answers. */
export type Input<Ops, N extends keyof Ops> = Ops[N] extends (input: infer I) => unknown ? I : never;
export type Output<Ops, N extends keyof Ops> = Ops[N] extends (input: never) => infer O ? O : never;
