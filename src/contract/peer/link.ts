import type { Channel } from '../channel.ts';
import { type AppError, appError } from '../errors.ts';

/**
 * One side of a conversation. What this side asks for waits until the other side has said
 * hello: so a call that fails before that certainly had no effect.
 */
export interface Link {
  /** The next id for something that this side asks for. */
  nextId(): number;
  /** Posts a request for `id`, or keeps it until the other side has said hello. */
  ask(id: number, frame: string): void;
  /** Takes back a request that was kept; false if it has already left. */
  withdraw(id: number): boolean;
  /** Posts at once: answers, and what belongs to a request that has left. */
  answer(frame: string): void;
  /** Lets go of what was kept. */
  open(): void;
  isOpen(): boolean;
  /** Why the link is closed; null while it is not. */
  closed(): AppError | null;
  /** Marks the link closed: nothing is posted any more. False if it already was. */
  shut(error: AppError): boolean;
  /** The other side broke the rules: closes the link with this error. */
  readonly violate: (error: AppError) => void;
  readonly maxFrameChars: number;
  onBug(error: unknown, requestId?: string): void;
}

export interface LinkOptions {
  readonly channel: Channel;
  readonly maxFrameChars: number;
  readonly onBug: ((error: unknown, requestId: string | undefined) => void) | undefined;
  readonly violate: (error: AppError) => void;
}

export function createLink({ channel, maxFrameChars, onBug, violate }: LinkOptions): Link {
  const kept = new Map<number, string>();
  let isOpen = false;
  let closed: AppError | null = null;
  let lastId = 0;
  return {
    maxFrameChars,
    nextId: () => ++lastId,
    ask(id, frame) {
      if (isOpen) channel.post(frame);
      else kept.set(id, frame);
    },
    withdraw: (id) => kept.delete(id),
    answer(frame) {
      if (closed === null) channel.post(frame);
    },
    open() {
      isOpen = true;
      for (const frame of kept.values()) channel.post(frame);
      kept.clear();
    },
    isOpen: () => isOpen,
    closed: () => closed,
    shut(error) {
      if (closed !== null) return false;
      closed = error;
      kept.clear();
      return true;
    },
    violate,
    onBug(error, requestId) {
      if (onBug) onBug(error, requestId);
      // Nobody wanted to know: let the process that has the bug fail as for any other.
      else {
        setTimeout(() => {
          throw error;
        }, 0);
      }
    },
  };
}

export function tooLarge(link: Link, chars: number): AppError {
  return appError('FRAME_TOO_LARGE', { chars, maxChars: link.maxFrameChars });
}
