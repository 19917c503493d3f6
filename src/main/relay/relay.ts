/**
 * Between a window and a gateway main is a pipe: it opens one link per window and environment,
 * adds the token, and passes strings on unread. Ids, credit and cancellation stay end to end.
 */
import type { Channel } from '#contract/channel.ts';
import { errorCodes } from '#contract/errors.ts';
import type { Result } from '#contract/result.ts';

/** What a window may send before the gateway has said its first word, in characters. */
const maxEarlyChars = 1024 * 1024;

export interface RelayOptions {
  /** Takes a window's channel to the desk itself. */
  readonly serveDesk: (channel: Channel) => void;
  /** A new link to the gateway of an environment, with the audience `view`. */
  readonly dial: (environment: string) => Promise<Result<Channel>>;
}

export interface Relay {
  /** Connects a window's channel with `desk` or `gateway/<environment>`; any other target closes it. */
  open(target: string, window: Channel): void;
}

export function createRelay({ serveDesk, dial }: RelayOptions): Relay {
  return {
    open(target, window) {
      const [kind, environment, ...rest] = target.split('/');
      if (target === 'desk') serveDesk(window);
      else if (kind === 'gateway' && environment && rest.length === 0) pipe(window, dial(environment));
      else window.close('DOCUMENT_NOT_FOUND');
    },
  };
}

const known: ReadonlySet<string> = new Set(errorCodes);
/** Only codes pass: a page's own words could be anything, and too long for the far side's close. */
const codeOf = (reason: string): string => (known.has(reason) ? reason : 'PEER_CLOSED');

/** Joins two channels, the second of which is still being opened. When one closes so does the other, with the same reason. */
export function pipe(window: Channel, opening: Promise<Result<Channel>>): void {
  let gateway: Channel | null = null;
  let isClosed = false;
  let earlyChars = 0;
  let hasSpoken = false;
  const waiting: string[] = [];

  window.onFrame((frame) => {
    if (!hasSpoken) earlyChars += frame.length;
    if (!hasSpoken && earlyChars > maxEarlyChars) return window.close('FRAME_TOO_LARGE');
    if (gateway) gateway.post(frame);
    else waiting.push(frame);
  });
  window.onClose((reason) => {
    isClosed = true;
    waiting.length = 0;
    gateway?.close(codeOf(reason));
  });

  void opening.then((opened) => {
    if (!opened.ok) return window.close(opened.error.code);
    if (isClosed) return opened.value.close();
    gateway = opened.value;
    for (const frame of waiting.splice(0)) gateway.post(frame);
    gateway.onFrame((frame) => {
      hasSpoken = true;
      window.post(frame);
    });
    gateway.onClose((reason) => window.close(codeOf(reason)));
  });
}
