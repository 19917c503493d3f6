/**
 * Stored events on their way from a worker to the main thread: bodies back to back in one buffer, facts
 * in typed words. The main thread parses; structured clones of events would cost it more.
 */
/** Words per record: seq, receivedAt, route, type, element, body offset, body length, share, source. */
export const rawWords = 9;

export interface RawPage {
  readonly facts: ArrayBuffer;
  readonly bodies: ArrayBuffer;
  readonly sources: readonly string[];
}

export interface RawRecord {
  readonly seq: number;
  readonly receivedAt: number;
  readonly route: number;
  readonly type: number;
  readonly element: number;
  readonly share: number;
  readonly source: string;
}

/** Gathers records, and each body once. */
export class RawPageBuilder {
  readonly #words: number[] = [];
  readonly #bodies: Uint8Array[] = [];
  readonly #sources: string[] = [];
  #size = 0;
  #lastBody: Uint8Array | null = null;
  #lastOffset = 0;

  get count(): number {
    return this.#words.length / rawWords;
  }

  /** `body` is copied at `finish`; events of one request must come one after another, with the same object. */
  add(record: RawRecord, body: Uint8Array): void {
    if (body !== this.#lastBody) {
      this.#lastBody = body;
      this.#lastOffset = this.#size;
      this.#bodies.push(body);
      this.#size += body.length;
    }
    let source = this.#sources.indexOf(record.source);
    if (source < 0) source = this.#sources.push(record.source) - 1;
    this.#words.push(
      record.seq,
      record.receivedAt,
      record.route,
      record.type,
      record.element,
      this.#lastOffset,
      body.length,
      record.share,
      source,
    );
  }

  finish(): RawPage {
    const bodies = new Uint8Array(this.#size);
    let at = 0;
    for (const body of this.#bodies) {
      bodies.set(body, at);
      at += body.length;
    }
    return { facts: new Float64Array(this.#words).buffer, bodies: bodies.buffer, sources: this.#sources };
  }
}
