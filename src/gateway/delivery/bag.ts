/**
 * Items without an order, each taken out by itself. Not a `Set`: V8 gives a set in which items come and go a
 * new table again and again, and links each old table to the next. One that is garbage, but old enough to wait for a
 * full collection, then keeps alive whatever its successors held: a quarter of all that a busy lane allocated.
 */
export class Bag<T extends { slot: number }> {
  readonly #items: T[] = [];

  get size(): number {
    return this.#items.length;
  }

  /** Those in it now; a copy. */
  all(): T[] {
    return this.#items.slice();
  }

  add(item: T): void {
    item.slot = this.#items.length;
    this.#items.push(item);
  }

  /** Throws where the item is not in it. */
  remove(item: T): void {
    if (this.#items[item.slot] !== item) throw new Error('the item is not in the bag');
    const last = this.#items.pop() as T;
    if (last === item) return;
    this.#items[item.slot] = last;
    last.slot = item.slot;
  }
}
