/**
 * Calls to a worker that have no answer yet. A worker answers one after another, so they form a queue. Not a `Map`:
 * one in which calls come and go keeps their answers, whole pages of events, alive until a full collection
 * (why, is said in `delivery/bag.ts`).
 */
export interface Call {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

const compactAt = 64;

export class Calls {
  /** Places before the next are empty, so that nothing keeps what was answered. */
  #calls: (Call | undefined)[] = [];
  #next = 0;
  #firstId = 1;

  /** @returns the id to ask under */
  add(call: Call): number {
    return this.#firstId + this.#calls.push(call) - 1;
  }

  /** The call with this id; undefined where it was given up. Throws where it is not the next to be answered. */
  take(id: number): Call | undefined {
    const at = id - this.#firstId;
    if (at < 0) return undefined;
    if (at !== this.#next) throw new Error(`the worker answered call ${id} before call ${this.#firstId + this.#next}`);
    const call = this.#calls[at];
    this.#calls[at] = undefined;
    this.#next++;
    if (this.#next >= compactAt) this.#forget(this.#next);
    return call;
  }

  /** Gives all up and returns them. */
  clear(): Call[] {
    const left = this.#calls.filter((call) => call !== undefined);
    this.#forget(this.#calls.length);
    return left;
  }

  #forget(count: number): void {
    this.#calls.splice(0, count);
    this.#firstId += count;
    this.#next = 0;
  }
}
