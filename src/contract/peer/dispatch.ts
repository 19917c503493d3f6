import { type AppError, appError } from '../errors.ts';
import { type Frame, frameSchema } from '../frames.ts';
import type { Calls } from './calls.ts';
import type { Feeding } from './feeding.ts';
import { frameText } from './frame-text.ts';
import { type Link, tooLarge } from './link.ts';
import type { Pings } from './pings.ts';
import type { Requests } from './requests.ts';
import { salvage } from './salvage.ts';
import type { Subscriptions } from './subscriptions.ts';

/** Who takes which frame. */
export interface Parts {
  readonly link: Link;
  readonly calls: Calls;
  readonly subscriptions: Subscriptions;
  readonly pings: Pings;
  readonly requests: Requests;
  readonly feeding: Feeding;
  onHello(hello: { readonly version: number; readonly capabilities: readonly string[] }): void;
}

/** Parses one text from the channel and hands it to the part it is for. Never throws, whatever came. */
export function receive(parts: Parts, text: string): void {
  const { link, calls } = parts;
  if (link.closed()) return;
  if (text.length > link.maxFrameChars) return link.violate(tooLarge(link, text.length));
  const parsed = parseJson(text);
  const frame = frameSchema.safeParse(parsed);
  if (frame.success) return dispatch(parts, frame.data);
  const remedy = salvage(parsed, frame.error, link.isOpen());
  switch (remedy.do) {
    case 'answer':
      return link.answer(remedy.frame);
    case 'settle':
      return calls.onResponse({ id: remedy.id, error: remedy.error });
    case 'close':
      return link.violate(remedy.error);
  }
}

function dispatch({ link, calls, subscriptions, pings, requests, feeding, onHello }: Parts, frame: Frame): void {
  if (frame.t !== 'hello' && !link.isOpen()) return link.violate(appError('FRAME_INVALID', { why: 'no hello first' }));
  switch (frame.t) {
    case 'hello':
      return onHello(frame);
    case 'req':
      return requests.onRequest(frame);
    case 'res':
      return calls.onResponse(frame);
    case 'cancel':
      return requests.onCancel(frame.id);
    case 'sub':
      return feeding.onSubscribe(frame);
    case 'unsub':
      return feeding.onUnsubscribe(frame.id);
    case 'evt':
      return subscriptions.onEvent(frame);
    case 'ack':
      return feeding.onAck(frame.id, frame.seq);
    case 'end':
      return subscriptions.onEnd(frame.id, frame.error ?? null);
    case 'ping':
      return link.answer(frameText.pong(frame.id));
    case 'pong':
      return pings.onPong(frame.id);
  }
}

/** Ends everything that is under way. What serves stops first, so that nothing is answered into a closed link. */
export function endAll({ calls, subscriptions, pings, requests, feeding }: Parts, error: AppError): void {
  requests.closeAll();
  feeding.closeAll();
  calls.closeAll(error);
  subscriptions.closeAll(error);
  pings.closeAll(error);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
