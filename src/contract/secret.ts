/**
 * An opaque secret. It prints, serialises and inspects as `[secret]`; only `reveal` opens it,
 * so that every place that opens one can be found by searching for that word.
 */
export class Secret {
  readonly #text: string;
  constructor(text: string) {
    this.#text = text;
  }
  reveal(): string {
    return this.#text;
  }
  get length(): number {
    return this.#text.length;
  }
  toString(): string {
    return '[secret]';
  }
  toJSON(): string {
    return '[secret]';
  }
  get [Symbol.toStringTag](): string {
    return 'Secret';
  }
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[secret]';
  }
}

export function secret(text: string): Secret {
  return new Secret(text);
}
