import { type AppError, appError } from '../errors.ts';
import { randomId } from '../random-id.ts';
import { err, type Result } from '../result.ts';
import type { CallContext, Caller, Service } from '../service.ts';
import { frameText } from './frame-text.ts';
import { issuesOf, isTooDeep } from './issues.ts';
import { limits } from './limits.ts';
import { type Link, tooLarge } from './link.ts';

interface RequestFrame {
  readonly id: number;
  readonly name: string;
  readonly input?: unknown;
  readonly deadlineMs: number;
  readonly commandId?: string | undefined;
}

export interface Requests {
  onRequest(frame: RequestFrame): void;
  onCancel(id: number): void;
  closeAll(): void;
}

type Handle = () => Result<unknown> | Promise<Result<unknown>>;

/** The answering side of calls: each request is answered at most once, and stops when nobody waits for it. */
export function createRequests(link: Link, service: Service | undefined, caller: Caller): Requests {
  const running = new Map<number, AbortController>();

  function prepare(frame: RequestFrame, signal: AbortSignal): Result<Handle> {
    const served = service?.operations.get(frame.name);
    if (!served) return err(appError('OPERATION_UNKNOWN', { operation: frame.name }));
    const { operation, handle } = served;
    if (operation.audience === 'desk' && caller.audience !== 'desk') return err(appError('AUTH_FORBIDDEN', { operation: operation.name }));
    if (operation.kind === 'command' && frame.commandId === undefined) {
      return err(appError('INPUT_INVALID', { issues: [{ path: 'commandId', message: 'a command needs one' }] }));
    }
    if (isTooDeep(frame.input)) return err(appError('INPUT_INVALID', { issues: [{ path: '', message: 'nested too deeply' }] }));
    const input = operation.input.safeParse(frame.input);
    if (!input.success) return err(appError('INPUT_INVALID', issuesOf(input.error)));
    const commandId = operation.kind === 'command' ? (frame.commandId ?? null) : null;
    const context: CallContext = { audience: caller.audience, by: caller.by, commandId, signal };
    return { ok: true, value: () => handle(input.data, context) };
  }

  function answer(id: number, outcome: Result<unknown>): void {
    if (!outcome.ok) return link.answer(frameText.failure(id, outcome.error));
    const text = frameText.success(id, outcome.value);
    link.answer(text.length <= link.maxFrameChars ? text : frameText.failure(id, tooLarge(link, text.length)));
  }

  async function run(frame: RequestFrame, controller: AbortController): Promise<void> {
    const { id } = frame;
    const finish = (reply: () => void): void => {
      if (running.get(id) !== controller) return;
      running.delete(id);
      clearTimeout(timer);
      reply();
    };
    const timer = setTimeout(() => {
      finish(() => link.answer(frameText.failure(id, appError('PEER_DEADLINE', { deadlineMs: frame.deadlineMs }))));
      controller.abort();
    }, frame.deadlineMs);
    controller.signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
    try {
      const prepared = prepare(frame, controller.signal);
      const outcome = prepared.ok ? await prepared.value() : prepared;
      finish(() => answer(id, outcome));
    } catch (bug) {
      const error = report(bug);
      running.delete(id);
      clearTimeout(timer);
      link.answer(frameText.failure(id, error));
    }
  }

  function report(bug: unknown): AppError {
    const requestId = randomId();
    link.onBug(bug, requestId);
    return appError('GATEWAY_INTERNAL', { requestId });
  }

  return {
    onRequest(frame) {
      if (running.has(frame.id)) return link.violate(appError('FRAME_INVALID', { why: 'a request id was used twice' }));
      if (running.size >= limits.requests) return link.answer(frameText.failure(frame.id, appError('PEER_BUSY')));
      const controller = new AbortController();
      running.set(frame.id, controller);
      void run(frame, controller);
    },
    onCancel(id) {
      const controller = running.get(id);
      running.delete(id);
      controller?.abort();
    },
    closeAll() {
      const controllers = [...running.values()];
      running.clear();
      for (const controller of controllers) controller.abort();
    },
  };
}
