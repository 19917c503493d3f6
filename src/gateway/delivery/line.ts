/** What the ways of talking to an origin have in common: HTTP/1.1 with one request a connection, HTTP/2 with many. */
import type { EncodedRequest, VendorResponse } from '#gateway/connectors/connector.ts';
import { codeOf, isRefusal, isTimeout } from '#gateway/transport/dial-error.ts';

/** What became of one request. */
export type Sent =
  | { readonly kind: 'answer'; readonly response: VendorResponse }
  /** No byte left, or the other side said that it handled nothing: the request may be repeated without any risk. */
  | { readonly kind: 'unsent'; readonly class: 'network' | 'timeout'; readonly detail: string }
  /** Our certificate, or our password at the proxy, was refused; nothing was handled. */
  | { readonly kind: 'refused'; readonly detail: string }
  /** `mayStart` said no. */
  | { readonly kind: 'withdrawn' }
  /** Bytes left and no verdict came. */
  | { readonly kind: 'uncertain'; readonly detail: string };

export interface SendHooks {
  /** Asked synchronously as the first byte is about to be written. */
  mayStart(): boolean;
  done(sent: Sent): void;
}

export interface Sending {
  abort(): void;
}

/** A request as it goes over the wire: under an origin, its body compressed or not. */
export interface WireRequest {
  readonly method: EncodedRequest['method'];
  /** With its query; may hold a vendor's query secret. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | null;
}

export interface Line {
  readonly sockets: number;
  send(request: WireRequest, hooks: SendHooks): Sending;
  close(): Promise<void>;
}

/** Longest answer that is kept; a little more is read and let go, so that the connection serves again. */
const maxResponseChars = 256 * 1024;
/** Where an answer is longer it is given up: it could go on for ever, and the loop that reads it is everybody's. */
const maxReadBytes = 1024 * 1024;

/** Gathers the body of an answer, up to `maxResponseChars`. */
export class AnswerBody {
  #chunks: Uint8Array[] = [];
  #size = 0;

  add(chunk: Uint8Array): void {
    if (this.#size < maxResponseChars) this.#chunks.push(chunk);
    this.#size += chunk.length;
  }
  /** There is no use in reading on. */
  get isExcessive(): boolean {
    return this.#size > maxReadBytes;
  }
  text(): string {
    const [only] = this.#chunks;
    if (only === undefined) return '';
    return Buffer.concat(this.#chunks).toString();
  }
}

const abortedDetail = 'aborted after the drain deadline';

/** What an error means for a request. `isStarted`: bytes of it may have left. */
export function sentOfError(error: unknown, isStarted: boolean, isAborted: boolean): Sent {
  const code = codeOf(error);
  if (isRefusal(error)) return { kind: 'refused', detail: refusalDetail(code) };
  if (isStarted) return { kind: 'uncertain', detail: isAborted ? abortedDetail : `no verdict: ${code}` };
  return { kind: 'unsent', class: isTimeout(code) ? 'timeout' : 'network', detail: `could not connect: ${code}` };
}

function refusalDetail(code: string): string {
  return code === 'PROXY_REFUSED_US' ? 'the proxy refused our user and password' : `our client certificate was refused (${code})`;
}

type Headers = Readonly<Record<string, string | string[] | number | undefined>>;

/** Header values as one string each. Mostly they are: then what was made for this answer serves as it is. */
export function flatHeaders(headers: Headers): Readonly<Record<string, string>> {
  return isFlat(headers) ? headers : flatten(headers);
}

function isFlat(headers: Headers): headers is Readonly<Record<string, string>> {
  for (const name in headers) if (typeof headers[name] !== 'string') return false;
  return true;
}

function flatten(headers: Headers): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : String(value);
  return flat;
}
