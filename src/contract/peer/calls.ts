import { type AppError, appError } from '../errors.ts';
import type { InputOf, Operation, OutputOf } from '../operation.ts';
import { randomId } from '../random-id.ts';
import { err, ok, type Result } from '../result.ts';
import { frameText } from './frame-text.ts';
import { issuesOf } from './issues.ts';
import { limits } from './limits.ts';
import { type Link, tooLarge } from './link.ts';

export interface CallOptions {
  /** How long to wait for the answer, ms; 10,000 unless told, at most 600,000. */
  readonly deadlineMs?: number | undefined;
  /** Withdraws the call: PEER_CANCELLED. */
  readonly signal?: AbortSignal | undefined;
  /** For commands. Made where absent; give your own to be able to ask `command.outcome` later. */
  readonly commandId?: string | undefined;
}

export type Call = <O extends Operation>(operation: O, input: InputOf<O>, options?: CallOptions) => Promise<Result<OutputOf<O>>>;

interface Response {
  readonly id: number;
  readonly ok?: unknown;
  readonly error?: AppError | undefined;
}

export interface Calls {
  readonly call: Call;
  onResponse(response: Response): void;
  closeAll(error: AppError): void;
}

/** The asking side of calls: every call ends exactly once, by answer, deadline, cancellation or close. */
export function createCalls(link: Link): Calls {
  const pending = new Map<number, (outcome: Result<unknown>) => void>();

  function send(operation: Operation, input: unknown, options: CallOptions): Promise<Result<unknown>> {
    const { deadlineMs = limits.callMs, signal } = options;
    const closed = link.closed();
    if (closed) return Promise.resolve(err(closed));
    if (signal?.aborted) return Promise.resolve(err(appError('PEER_CANCELLED')));
    const id = link.nextId();
    const commandId = operation.kind === 'command' ? (options.commandId ?? randomId()) : undefined;
    const frame = frameText.request(id, operation.name, input ?? {}, deadlineMs, commandId);
    if (frame.length > link.maxFrameChars) return Promise.resolve(err(tooLarge(link, frame.length)));
    return new Promise((resolve) => {
      const giveUp = (error: AppError): void => {
        if (!link.withdraw(id)) link.answer(frameText.cancel(id));
        settle(err(error));
      };
      const cancel = (): void => giveUp(appError('PEER_CANCELLED'));
      const timer = setTimeout(() => giveUp(appError('PEER_DEADLINE', { deadlineMs })), deadlineMs);
      const settle = (outcome: Result<unknown>): void => {
        if (!pending.delete(id)) return;
        clearTimeout(timer);
        signal?.removeEventListener('abort', cancel);
        resolve(outcome);
      };
      pending.set(id, settle);
      signal?.addEventListener('abort', cancel, { once: true });
      link.ask(id, frame);
    });
  }

  return {
    async call(operation, input, options = {}) {
      const outcome = await send(operation, input, options);
      if (!outcome.ok) return outcome;
      const output = operation.output.safeParse(outcome.value);
      // The schema is the operation's own, so its output is OutputOf<O>; the compiler cannot follow that through the erased table.
      if (output.success) return ok(output.data as OutputOf<typeof operation>);
      return err(appError('FRAME_INVALID', { operation: operation.name, ...issuesOf(output.error) }));
    },
    onResponse({ id, error, ok: value }) {
      // Unknown ids are answers to calls that were given up.
      pending.get(id)?.(error ? err(error) : ok(value));
    },
    closeAll(error) {
      for (const settle of [...pending.values()]) settle(err(error));
    },
  };
}
