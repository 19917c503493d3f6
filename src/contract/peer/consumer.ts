import { type AppError, appError } from '../errors.ts';
import type { ItemOf, Topic } from '../operation.ts';
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

export interface EventFrame {
  readonly id: number;
  readonly seq: number;
  readonly items: readonly unknown[];
  readonly dropped: number;
}

/** The receiving end of one subscription. */
export interface Consumer {
  onEvent(frame: EventFrame): void;
  /** The sender ended; told to the subscriber after what came before it. */
  onEnd(error: AppError | null): void;
  /** Ends at once: nothing queued is consumed any more. */
  finish(error: AppError | null): void;
  /** The subscriber left: it is told nothing more. */
  leave(): void;
}

interface Options<T extends Topic> {
  readonly link: Link;
  readonly id: number;
  readonly topic: T;
  readonly subscriber: Subscriber<T>;
  /** Called once, when it is over for whatever reason. */
  readonly onOver: () => void;
}

/** Consumes one frame at a time, in order, and acknowledges each when it is consumed. */
export function createConsumer<T extends Topic>({ link, id, topic, subscriber, onOver }: Options<T>): Consumer {
  const queue: (EventFrame | { readonly end: AppError | null })[] = [];
  const mostQueued = topic.delivery === 'latest' ? limits.latestFrames : limits.losslessFrames;
  const parse = itemsParser(topic);
  let isBusy = false;
  let isOver = false;

  function leave(): void {
    isOver = true;
    queue.length = 0;
    onOver();
  }
  function finish(error: AppError | null): void {
    if (isOver) return;
    leave();
    subscriber.onEnd?.(error);
  }
  function refuse(error: AppError): void {
    if (isOver) return;
    link.answer(frameText.unsubscribe(id));
    finish(error);
  }
  function onBug(bug: unknown): void {
    link.onBug(bug);
    refuse(appError('PEER_CANCELLED', { why: 'the consumer failed' }));
  }
  function acknowledge(seq: number): void {
    if (!isOver) link.answer(frameText.ack(id, seq));
  }

  function consume({ items, seq, dropped }: EventFrame): void {
    const parsed = parse(items);
    if (!parsed.success) return refuse(appError('FRAME_INVALID', { topic: topic.name, ...issuesOf(parsed.error) }));
    try {
      const consumed = subscriber.onItems(parsed.data, { seq, dropped });
      if (!(consumed instanceof Promise)) return acknowledge(seq);
      isBusy = true;
      consumed.then(() => {
        isBusy = false;
        acknowledge(seq);
        pump();
      }, onBug);
    } catch (bug) {
      onBug(bug);
    }
  }

  function pump(): void {
    for (let next = queue[0]; next && !isBusy; next = queue[0]) {
      queue.shift();
      if ('end' in next) finish(next.end);
      else consume(next);
    }
  }

  return {
    onEvent(frame) {
      if (queue.length >= mostQueued) return refuse(appError('FRAME_INVALID', { why: 'more frames than were granted' }));
      queue.push(frame);
      pump();
    },
    onEnd(error) {
      queue.push({ end: error });
      pump();
    },
    finish,
    leave,
  };
}

type Parsed<Item> = { readonly success: true; readonly data: readonly Item[] } | { readonly success: false; readonly error: z.ZodError };

/** Parses items in full: a tick of 500 destinations takes 2 ms here, once a second. */
function itemsParser<T extends Topic>(topic: T): (items: readonly unknown[]) => Parsed<ItemOf<T>> {
  const schema = z.array(topic.item);
  // The schema is this topic's own, so its output is ItemOf<T>; the compiler cannot follow that through a generic T.
  return (items) => schema.safeParse(items) as Parsed<ItemOf<T>>;
}
