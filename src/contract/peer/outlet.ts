import { type AppError, appError } from '../errors.ts';
import type { Topic } from '../operation.ts';
import type { Sink } from '../service.ts';
import { frameText } from './frame-text.ts';
import { limits } from './limits.ts';
import { type Link, tooLarge } from './link.ts';

/** The sending end of one subscription. */
export interface Outlet {
  readonly sink: Sink;
  /** The consumer is done with the frame `seq`, and with all before it. */
  onAck(seq: number): void;
  /** The subscriber left or the link closed: nothing more is sent or kept. */
  stop(): void;
}

interface Sent {
  readonly seq: number;
  readonly chars: number;
}

/** What is on its way to the consumer and not acknowledged: the credit in use. */
function createUnacked(): { readonly size: () => number; readonly chars: () => number; add(sent: Sent): void; release(seq: number): void } {
  const sent: Sent[] = [];
  let chars = 0;
  return {
    size: () => sent.length,
    chars: () => chars,
    add(frame) {
      sent.push(frame);
      chars += frame.chars;
    },
    release(seq) {
      const upTo = sent.findIndex((frame) => frame.seq === seq);
      for (const frame of sent.splice(0, upTo + 1)) chars -= frame.chars;
    },
  };
}

interface Options {
  readonly link: Link;
  readonly id: number;
  /** Called once, when the subscription ended from this side. */
  readonly onEnded: () => void;
}

export function createOutlet(topic: Topic, options: Options): Outlet {
  return topic.delivery === 'latest' ? createLatestOutlet(options) : createLosslessOutlet(options);
}

/**
 * At most two frames unacknowledged. Behind them stands one: the newest, which replaces
 * the one before it and counts what it replaced.
 */
function createLatestOutlet({ link, id, onEnded }: Options): Outlet {
  const unacked = createUnacked();
  let isStopped = false;
  let lastSeq = 0;
  let newest: { readonly seq: number; readonly itemsJson: string } | null = null;
  let dropped = 0;
  let ending: { readonly error: AppError | undefined } | null = null;

  function finish(error: AppError | undefined): void {
    isStopped = true;
    newest = null;
    link.answer(frameText.end(id, error));
    onEnded();
  }
  function flush(): void {
    if (newest && unacked.size() < limits.latestFrames) {
      const { seq, itemsJson } = newest;
      const frame = frameText.event(id, seq, itemsJson, dropped);
      if (frame.length > link.maxFrameChars) return finish(tooLarge(link, frame.length));
      newest = null;
      dropped = 0;
      unacked.add({ seq, chars: frame.length });
      link.answer(frame);
    }
    if (ending && !newest) finish(ending.error);
  }
  function pushJson(itemsJson: string, seq = lastSeq + 1): void {
    if (isStopped || ending) return;
    lastSeq = seq;
    if (newest) dropped += 1;
    newest = { seq, itemsJson };
    flush();
  }
  return {
    sink: {
      pushJson,
      push: (items, seq) => pushJson(JSON.stringify(items), seq),
      end(error) {
        if (isStopped || ending) return;
        ending = { error };
        flush();
      },
    },
    onAck(seq) {
      unacked.release(seq);
      if (!isStopped) flush();
    },
    stop() {
      isStopped = true;
      newest = null;
    },
  };
}

/**
 * Everything, in order. What exceeds the credit is queued, to a bound; beyond it the
 * subscription ends with PEER_TOO_SLOW and the subscriber resumes by seq.
 */
function createLosslessOutlet({ link, id, onEnded }: Options): Outlet {
  const unacked = createUnacked();
  const queue: { readonly seq: number; readonly itemsJson: string }[] = [];
  let queuedChars = 0;
  let isStopped = false;
  let lastSeq = 0;
  let ending: { readonly error: AppError | undefined } | null = null;

  function finish(error: AppError | undefined): void {
    isStopped = true;
    queue.length = 0;
    link.answer(frameText.end(id, error));
    onEnded();
  }
  function mayFly(chars: number): boolean {
    // One frame may always fly, or one larger than the credit would wait for ever.
    if (unacked.size() === 0) return true;
    return unacked.size() < limits.losslessFrames && unacked.chars() + chars <= limits.losslessChars;
  }
  function flush(): void {
    for (let next = queue[0]; next && mayFly(next.itemsJson.length); next = queue[0]) {
      queue.shift();
      queuedChars -= next.itemsJson.length;
      unacked.add({ seq: next.seq, chars: next.itemsJson.length });
      link.answer(frameText.event(id, next.seq, next.itemsJson, 0));
    }
    if (ending && queue.length === 0) finish(ending.error);
  }
  function enqueue(itemsJson: string, seq: number): void {
    if (isStopped || ending) return;
    // The envelope of a frame is below 100 characters.
    if (itemsJson.length + 100 > link.maxFrameChars) return finish(tooLarge(link, itemsJson.length));
    queue.push({ seq, itemsJson });
    queuedChars += itemsJson.length;
    lastSeq = seq;
    flush();
    if (queue.length > limits.queuedFrames || queuedChars > limits.queuedChars) finish(appError('PEER_TOO_SLOW'));
  }
  return {
    sink: {
      pushJson: (itemsJson, seq = lastSeq + 1) => enqueue(itemsJson, seq),
      push(items, seq = lastSeq + 1) {
        const chunks = chunk(items);
        const before = lastSeq;
        // Only the last part carries the new seq: whoever resumes after an earlier part gets the rest again.
        for (const [index, itemsJson] of chunks.entries()) enqueue(itemsJson, index === chunks.length - 1 ? seq : before);
      },
      end(error) {
        if (isStopped || ending) return;
        ending = { error };
        flush();
      },
    },
    onAck(seq) {
      unacked.release(seq);
      if (!isStopped) flush();
    },
    stop() {
      isStopped = true;
      queue.length = 0;
    },
  };
}

function chunk(items: readonly unknown[]): readonly string[] {
  const chunks: string[] = [];
  let texts: string[] = [];
  let chars = 0;
  for (const item of items) {
    const text = JSON.stringify(item);
    if (texts.length > 0 && chars + text.length > limits.chunkChars) {
      chunks.push(`[${texts.join(',')}]`);
      texts = [];
      chars = 0;
    }
    texts.push(text);
    chars += text.length + 1;
  }
  chunks.push(`[${texts.join(',')}]`);
  return chunks;
}
