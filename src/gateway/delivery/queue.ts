/** First in, first out, with O(1) amortised shift. */
export class Queue<T> {
  /** Places before the first are empty, so that nothing keeps what was taken. */
  #items: (T | undefined)[] = [];
  #first = 0;
  get size(): number {
    return this.#items.length - this.#first;
  }
  peek(): T | undefined {
    return this.#items[this.#first];
  }
  /** The item `index` places after the first. */
  at(index: number): T | undefined {
    return this.#items[this.#first + index];
  }
  push(item: T): void {
    this.#items.push(item);
  }
  take(count: number): T[] {
    const taken = this.#items.slice(this.#first, this.#first + count) as T[];
    this.#items.fill(undefined, this.#first, this.#first + taken.length);
    this.#first += taken.length;
    if (this.#first > 512 && this.#first * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    }
    return taken;
  }
  /** Empties the queue and returns what was in it. */
  clear(): T[] {
    const all = this.#items.slice(this.#first) as T[];
    this.#items = [];
    this.#first = 0;
    return all;
  }
}
