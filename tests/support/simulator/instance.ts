/** One vendor under one name: its books, its dial, and what hangs. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { type Book, createBook, type Keep } from './book.ts';
import { createDial, type Dial, type DialSetting, type Failure } from './dial.ts';
import { ga4 } from './ga4.ts';
import { meta } from './meta.ts';
import { mixpanel } from './mixpanel.ts';
import { createStatusPage, type StatusPage } from './status-page.ts';
import type { Answer, Asked, Situation, Vendor } from './vendor.ts';
import { webhook } from './webhook.ts';

const vendors: Readonly<Record<string, Vendor>> = { mixpanel, ga4, meta, webhook };

export interface Instance {
  readonly book: Book;
  readonly dial: Dial;
  readonly statusPage: StatusPage;
  set(setting: DialSetting): void;
  /** Ends a loan before its time. */
  giveBack(): void;
  demand(credential: string | null): void;
  /** Takes one request; `path` is what follows the vendor's prefix. */
  serve(request: IncomingMessage, response: ServerResponse, path: string): void;
  /** Answers, well, all that hang. */
  release(): void;
}

const page = '<!doctype html><html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>';
const badGateway: Answer = { status: 502, body: page, contentType: 'text/html' };

function send(response: ServerResponse, answer: Answer): void {
  const headers = ['content-length', String(Buffer.byteLength(answer.body))];
  if (answer.body !== '') headers.push('content-type', answer.contentType);
  if (answer.retryAfterS !== undefined) headers.push('retry-after', String(answer.retryAfterS));
  response.writeHead(answer.status, answer.status === 204 ? [] : headers);
  response.end(answer.body);
}

/** Calls back with the body once it is in; with an empty one where nobody looks at it. */
function readBody(request: IncomingMessage, isWanted: boolean, done: (body: string, sizeBytes: number) => void): void {
  const chunks: Buffer[] = [];
  request.on('error', () => undefined);
  if (isWanted) request.on('data', (chunk: Buffer) => chunks.push(chunk));
  else request.resume();
  request.on('end', () => {
    const sent = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
    const whole = isWanted && request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
    done(whole.toString(), whole.length);
  });
}

/** @param waiters where a delayed answer registers, so that closing can drop it */
export function createInstance(name: string, keep: Keep, maxArrivals: number, waiters: Set<NodeJS.Timeout>): Instance {
  const vendor = vendors[name.split('.')[0]!]!;
  const book = createBook(keep, maxArrivals);
  const hanging = new Set<() => void>();
  let own = createDial({ vendor: name, failure: 'ok', share: 1 });
  let dial = own;
  let loan: NodeJS.Timeout | undefined;
  let credential: string | null = null;

  function endLoan(): void {
    clearTimeout(loan);
    if (loan !== undefined) waiters.delete(loan);
  }
  function giveBack(): void {
    endLoan();
    dial = own;
  }

  function situation(): Situation {
    return { book, credential, isPoison: dial.isPoison };
  }

  function refuse(asked: Asked, failure: '429' | '500' | '401'): Answer {
    const { retryAfterS } = dial.setting;
    if (failure === '429') return { ...vendor.throttled(asked), retryAfterS };
    if (failure === '500') return { ...vendor.failing(asked), retryAfterS };
    // A vendor that never says no takes the request, and drops it.
    return vendor.unauthorised(asked) ?? vendor.take(asked, { ...situation(), credential: '\u0000 nobody has this one' });
  }

  function hang(asked: Asked, response: ServerResponse): void {
    const answer = (): void => {
      if (!response.destroyed) send(response, vendor.take(asked, situation()));
    };
    hanging.add(answer);
    book.counters.hanging = hanging.size;
    response.on('close', () => {
      hanging.delete(answer);
      book.counters.hanging = hanging.size;
    });
  }

  function answer(failure: Failure, asked: Asked, response: ServerResponse): void {
    switch (failure) {
      case '429':
      case '500':
      case '401':
        return send(response, refuse(asked, failure));
      case 'hang':
        return hang(asked, response);
      case 'reset':
        vendor.take(asked, situation());
        response.socket?.resetAndDestroy();
        return;
      case 'truncated': {
        const { status, body, contentType } = vendor.take(asked, situation());
        const cut = body.slice(0, Math.floor(body.length / 2)) || '{"sta';
        return send(response, { status: status === 204 ? 200 : status, body: cut, contentType });
      }
      case 'html':
        return send(response, badGateway);
      default:
        return send(response, vendor.take(asked, situation()));
    }
  }

  return {
    book,
    statusPage: createStatusPage(name),
    get dial() {
      return dial;
    },
    set(setting) {
      endLoan();
      dial = createDial(setting);
      if (setting.forMs === undefined) own = dial;
      else {
        loan = setTimeout(giveBack, setting.forMs);
        waiters.add(loan);
      }
    },
    giveBack,
    demand(wanted) {
      credential = wanted;
    },
    serve(request, response, path) {
      book.counters.requests++;
      const failure = dial.next();
      if (failure !== 'ok' && failure !== 'partial') book.counters.failed++;
      if (failure === 'resetBefore') {
        request.socket.resetAndDestroy();
        return;
      }
      const delayMs = failure === 'ok' && dial.setting.failure !== 'ok' ? 0 : dial.delayMs;
      readBody(request, vendor.readsBody(situation()), (body, sizeBytes) => {
        const asked: Asked = { method: request.method ?? '', path, headers: request.headers, body, sizeBytes };
        if (delayMs === 0) return answer(failure, asked, response);
        const timer = setTimeout(() => {
          waiters.delete(timer);
          if (!response.destroyed) answer(failure, asked, response);
        }, delayMs);
        waiters.add(timer);
      });
    },
    release() {
      for (const finish of [...hanging]) finish();
    },
  };
}
