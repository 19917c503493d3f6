import type { AppError } from '../errors.ts';
import type { ParamsOf, Topic } from '../operation.ts';
import { type Consumer, createConsumer, type EventFrame, type Subscriber } from './consumer.ts';
import { frameText } from './frame-text.ts';
import type { Link } from './link.ts';

export interface Subscription {
  /** Leaves. Nothing is called after this. */
  close(): void;
}

export type Subscribe = <T extends Topic>(topic: T, params: ParamsOf<T>, subscriber: Subscriber<T>) => Subscription;

export interface Subscriptions {
  readonly subscribe: Subscribe;
  onEvent(frame: EventFrame): void;
  onEnd(id: number, error: AppError | null): void;
  closeAll(error: AppError): void;
}

/** The consuming side of subscriptions. Frames for unknown ids were on their way when this side left. */
export function createSubscriptions(link: Link): Subscriptions {
  const consumers = new Map<number, Consumer>();
  return {
    subscribe(topic, params, subscriber) {
      const closed = link.closed();
      if (closed) return endLater(() => subscriber.onEnd?.(closed));
      const id = link.nextId();
      const consumer = createConsumer({ link, id, topic, subscriber, onOver: () => consumers.delete(id) });
      consumers.set(id, consumer);
      link.ask(id, frameText.subscribe(id, topic.name, params ?? {}, subscriber.afterSeq));
      return {
        close() {
          if (!consumers.has(id)) return;
          consumer.leave();
          if (!link.withdraw(id)) link.answer(frameText.unsubscribe(id));
        },
      };
    },
    onEvent: (frame) => consumers.get(frame.id)?.onEvent(frame),
    onEnd: (id, error) => consumers.get(id)?.onEnd(error),
    closeAll(error) {
      for (const consumer of [...consumers.values()]) consumer.finish(error);
    },
  };
}

/** As every other end it comes later: the caller has no handle yet. */
function endLater(tell: () => void): Subscription {
  let isLeft = false;
  queueMicrotask(() => {
    if (!isLeft) tell();
  });
  return {
    close: () => {
      isLeft = true;
    },
  };
}
