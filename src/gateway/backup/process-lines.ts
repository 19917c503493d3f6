import type { Failure } from '#gateway/log/sqlite/worker-protocol.ts';
import type { Progressed } from './progress.ts';

/** What goes to the backup process, and what comes back. Both ends are this program, so lines are typed, not parsed. */
export interface CallLine {
  readonly id: number;
  readonly name: string;
  readonly input: unknown;
}
export type ReplyLine =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly failure: Failure }
  | { readonly report: Progressed };
