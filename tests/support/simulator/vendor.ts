/** What a simulated vendor is: how it takes a request, and how it says its two usual noes. */
import type { Book } from './book.ts';

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly contentType: string;
  readonly retryAfterS?: number | undefined;
}

export interface Asked {
  readonly method: string;
  /** Path below the vendor's prefix, with the query. */
  readonly path: string;
  readonly headers: NodeJS.Dict<string | string[]>;
  /** Empty where the vendor said that it does not look. */
  readonly body: string;
  readonly sizeBytes: number;
}

export interface Situation {
  readonly book: Book;
  /** What the vendor demands as credential; null takes any. */
  readonly credential: string | null;
  isPoison(key: string): boolean;
}

export interface Vendor {
  /** Whether bodies must be read to answer. */
  readsBody(situation: Situation): boolean;
  /** The documented answer to a request; keeps what the vendor would keep. */
  take(asked: Asked, situation: Situation): Answer;
  throttled(asked: Asked): Answer;
  failing(asked: Asked): Answer;
  /** Answer to a refused credential; null where the vendor says yes and drops. */
  unauthorised(asked: Asked): Answer | null;
}

export function json(status: number, value: unknown): Answer {
  return { status, body: JSON.stringify(value), contentType: 'application/json' };
}

export function empty(status: number): Answer {
  return { status, body: '', contentType: 'text/plain' };
}

/** Parsed JSON, or undefined. */
export function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The query of a path. */
export function queryOf(path: string): URLSearchParams {
  const at = path.indexOf('?');
  return new URLSearchParams(at < 0 ? '' : path.slice(at + 1));
}
