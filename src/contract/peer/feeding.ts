import { appError } from '../errors.ts';
import { randomId } from '../random-id.ts';
import type { Service } from '../service.ts';
import { frameText } from './frame-text.ts';
import { issuesOf, isTooDeep } from './issues.ts';
import { limits } from './limits.ts';
import type { Link } from './link.ts';
import { createOutlet, type Outlet } from './outlet.ts';

interface SubscribeFrame {
  readonly id: number;
  readonly name: string;
  readonly params?: unknown;
  readonly afterSeq?: number | undefined;
}

export interface Feeding {
  onSubscribe(frame: SubscribeFrame): void;
  onUnsubscribe(id: number): void;
  onAck(id: number, seq: number): void;
  closeAll(): void;
}

/** The sending side of subscriptions: starts a feed for each and stops it when either side ends. */
export function createFeeding(link: Link, service: Service | undefined): Feeding {
  const outlets = new Map<number, { readonly outlet: Outlet; stopFeed: () => void }>();

  function stop(id: number): void {
    const entry = outlets.get(id);
    if (!entry) return;
    outlets.delete(id);
    entry.outlet.stop();
    guard(() => entry.stopFeed());
  }

  function guard(task: () => void): string | null {
    try {
      task();
      return null;
    } catch (bug) {
      const requestId = randomId();
      link.onBug(bug, requestId);
      return requestId;
    }
  }

  function start({ id, name, params, afterSeq }: SubscribeFrame): void {
    const refuse = (error: Parameters<typeof frameText.end>[1]): void => link.answer(frameText.end(id, error));
    const served = service?.topics.get(name);
    if (!served) return refuse(appError('TOPIC_UNKNOWN', { topic: name }));
    if (outlets.size >= limits.subscriptions) return refuse(appError('PEER_BUSY'));
    if (isTooDeep(params)) return refuse(appError('INPUT_INVALID', { issues: [{ path: '', message: 'nested too deeply' }] }));
    const parsed = served.topic.params.safeParse(params);
    if (!parsed.success) return refuse(appError('INPUT_INVALID', issuesOf(parsed.error)));

    const outlet = createOutlet(served.topic, { link, id, onEnded: () => stop(id) });
    const entry = { outlet, stopFeed: () => {} };
    outlets.set(id, entry);
    let stopFeed: (() => void) | undefined;
    const requestId = guard(() => {
      stopFeed = served.feed(parsed.data, outlet.sink, afterSeq ?? null);
    });
    if (requestId) {
      stop(id);
      return refuse(appError('GATEWAY_INTERNAL', { requestId }));
    }
    if (!stopFeed) return;
    // A feed may end its sink before it has returned what stops it.
    if (outlets.get(id) === entry) entry.stopFeed = stopFeed;
    else guard(stopFeed);
  }

  return {
    onSubscribe(frame) {
      if (outlets.has(frame.id)) return link.violate(appError('FRAME_INVALID', { why: 'a subscription id was used twice' }));
      start(frame);
    },
    onUnsubscribe: stop,
    onAck: (id, seq) => outlets.get(id)?.outlet.onAck(seq),
    closeAll() {
      for (const id of [...outlets.keys()]) stop(id);
    },
  };
}
