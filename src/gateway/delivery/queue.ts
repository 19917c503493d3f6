/** First in, first out, with O(1) amortised shift. */
export class Queue<T> {
  #items: T[] = [];
  #first = 0;
  get size(): number {
    return this.#items.length - this.#first;
  }
  peek(): T | undefined {
    return this.#items[this.#first];
  }
  push(item: T): void {
    this.#items.push(item);
  }
  take(count: number): T[] {
    const taken = this.#items.slice(this.#first, this.#first + count);
    this.#first += taken.length;
    if (this.#first > 512 && this.#first * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    }
    return taken;
  }
  /** Empties the queue and returns what was in it. */
  clear(): T[] {
    const all = this.#items.slice(this.#first);
    this.#items = [];
    this.#first = 0;
    return all;
  }
}
