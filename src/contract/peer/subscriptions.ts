import { type AppError, appError } from '../errors.ts';
import type { ItemOf, ParamsOf, Topic } from '../operation.ts';
import { z } from '../zod.ts';
import { frameText } from './frame-text.ts';
import { issuesOf } from './issues.ts';
import { limits } from './limits.ts';
import type { Link } from './link.ts';

export interface ItemsMeta {
  /** Resume a lossless topic by subscribing again with `afterSeq` set to this. */
  readonly seq: number;
  /** How many pushes were left out before this one because this side was slow. */
  readonly dropped: number;
}

export interface Subscriber<T extends Topic> {
  /** The sender gets its credit back when this returns, or when its promise settles: so a slow consumer slows the sender. */
  onItems(items: readonly ItemOf<T>[], meta: ItemsMeta): void | Promise<void>;
  /** Called once when the subscription ends other than by `close()`; null: the sender had no more. */
  onEnd?(error: AppError | null): void;
  /** Lossless topics: resume after this seq. */
  readonly afterSeq?: number | undefined;
}

export interface Subscription {
  /** Leaves. Nothing is called after this. */
  close(): void;
}

export type Subscribe = <T extends Topic>(topic: T, params: ParamsOf<T>, subscriber: Subscriber<T>) => Subscription;

interface EventFrame {
  readonly id: number;
  readonly seq: number;
  readonly items: readonly unknown[];
  readonly dropped: number;
}

interface Entry {
  /** In order of arrival: frames, and at last how it ended. */
  readonly queue: (EventFrame | { readonly end: AppError | null })[];
  readonly most: number;
  readonly consume: (frame: EventFrame) => AppError | undefined | Promise<undefined>;
  readonly onEnd: (error: AppError | null) => void;
  isBusy: boolean;
}

export interface Subscriptions {
  readonly subscribe: Subscribe;
  onEvent(frame: EventFrame): void;
  onEnd(id: number, error: AppError | null): void;
  closeAll(error: AppError): void;
}

/** The consuming side of subscriptions: one frame at a time, acknowledged when consumed. */
export function createSubscriptions(link: Link): Subscriptions {
  const entries = new Map<number, Entry>();

  function finish(id: number, error: AppError | null): void {
    const entry = entries.get(id);
    if (!entry) return;
    entries.delete(id);
    entry.onEnd(error);
  }

  function refuse(id: number, error: AppError): void {
    if (!entries.has(id)) return;
    link.answer(frameText.unsubscribe(id));
    finish(id, error);
  }

  function broke(id: number, bug: unknown): void {
    link.onBug(bug);
    refuse(id, appError('PEER_CANCELLED', { why: 'the consumer failed' }));
  }

  function pump(id: number, entry: Entry): void {
    while (!entry.isBusy && entries.get(id) === entry) {
      const next = entry.queue.shift();
      if (next === undefined) return;
      if ('end' in next) return finish(id, next.end);
      try {
        const outcome = entry.consume(next);
        if (outcome instanceof Promise) return waitFor(id, entry, next.seq, outcome);
        if (outcome) return refuse(id, outcome);
      } catch (bug) {
        return broke(id, bug);
      }
      if (entries.get(id) === entry) link.answer(frameText.ack(id, next.seq));
    }
  }

  function waitFor(id: number, entry: Entry, seq: number, consumed: Promise<undefined>): void {
    entry.isBusy = true;
    consumed.then(
      () => {
        entry.isBusy = false;
        if (entries.get(id) !== entry) return;
        link.answer(frameText.ack(id, seq));
        pump(id, entry);
      },
      (bug) => {
        if (entries.get(id) === entry) broke(id, bug);
        else link.onBug(bug);
      },
    );
  }

  return {
    subscribe(topic, params, subscriber) {
      const closed = link.closed();
      if (closed) {
        // Later, as every other end: the caller has no handle yet.
        let isLeft = false;
        queueMicrotask(() => isLeft || subscriber.onEnd?.(closed));
        return {
          close: () => {
            isLeft = true;
          },
        };
      }
      const id = link.nextId();
      entries.set(id, {
        queue: [],
        most: topic.delivery === 'latest' ? limits.latestFrames : limits.losslessFrames,
        consume: consumer(topic, subscriber),
        onEnd: (error) => subscriber.onEnd?.(error),
        isBusy: false,
      });
      link.ask(id, frameText.subscribe(id, topic.name, params ?? {}, subscriber.afterSeq));
      return {
        close() {
          if (entries.delete(id) && !link.withdraw(id)) link.answer(frameText.unsubscribe(id));
        },
      };
    },
    onEvent(frame) {
      const entry = entries.get(frame.id);
      // Unknown ids are frames that were on their way when this side left.
      if (!entry) return;
      if (entry.queue.length >= entry.most) return refuse(frame.id, appError('FRAME_INVALID', { why: 'more frames than were granted' }));
      entry.queue.push(frame);
      pump(frame.id, entry);
    },
    onEnd(id, error) {
      const entry = entries.get(id);
      if (!entry) return;
      entry.queue.push({ end: error });
      pump(id, entry);
    },
    closeAll(error) {
      for (const id of [...entries.keys()]) finish(id, error);
    },
  };
}

/** Parses items in full: 500 destinations a tick take 2 ms here, once a second. */
function consumer<T extends Topic>(topic: T, subscriber: Subscriber<T>): Entry['consume'] {
  const itemsSchema = z.array(topic.item);
  return ({ items, seq, dropped }) => {
    const parsed = itemsSchema.safeParse(items);
    if (!parsed.success) return appError('FRAME_INVALID', { topic: topic.name, ...issuesOf(parsed.error) });
    // Parsed with this topic's own item schema; the compiler cannot follow that through a generic T.
    const consumed = subscriber.onItems(parsed.data as ItemOf<T>[], { seq, dropped });
    return consumed instanceof Promise ? consumed.then(() => undefined) : undefined;
  };
}
