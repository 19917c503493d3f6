/**
 * Pure: JSON as a person types it. `JSON.parse` says of a mistake what it met, seldom where; this reads the text once
 * more, says line and column in plain words, and remembers on which line each part stands.
 */
export interface JsonProblem {
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** Characters before it. */
  readonly offset: number;
  readonly message: string;
}

export type JsonText =
  | { readonly ok: true; readonly value: unknown; readonly lineOf: ReadonlyMap<string, number> }
  | { readonly ok: false; readonly problem: JsonProblem };

/** `lineOf` is keyed by JSON Pointer (`/properties/total`); the root is the empty string. */
export function readJson(text: string): JsonText {
  const lineOf = new Map<string, number>();
  const problem = findProblem(text, lineOf);
  if (problem !== null) return { ok: false, problem: placed(text, problem.offset, problem.message) };
  try {
    return { ok: true, value: JSON.parse(text), lineOf };
  } catch {
    return { ok: false, problem: placed(text, 0, 'this is not JSON') };
  }
}

/** The value with two spaces a level, as it is shown and edited. */
export function writeJson(value: unknown): string {
  return JSON.stringify(value, null, 2) ?? '';
}

/** One step of a JSON Pointer (RFC 6901). */
export function pointerStep(name: string | number): string {
  return `/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** The line of a pointer, or of the nearest part around it that is there. */
export function nearestLine(lineOf: ReadonlyMap<string, number>, pointer: string): number | null {
  for (let at = pointer; ; at = at.slice(0, at.lastIndexOf('/'))) {
    const line = lineOf.get(at);
    if (line !== undefined) return line;
    if (at === '') return null;
  }
}

class Mistake {
  readonly offset: number;
  readonly message: string;
  constructor(offset: number, message: string) {
    this.offset = offset;
    this.message = message;
  }
}

const deepest = 200;
const literals: ReadonlySet<string> = new Set(['true', 'false', 'null']);
const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const wordPattern = /[\p{L}\p{N}_$.+-]+/uy;

function findProblem(text: string, lineOf: Map<string, number>): Mistake | null {
  try {
    new Reader(text, lineOf).document();
    return null;
  } catch (mistake) {
    if (mistake instanceof Mistake) return mistake;
    throw mistake;
  }
}

/** Goes through the text once and throws at the first mistake. */
class Reader {
  readonly #text: string;
  readonly #lineOf: Map<string, number>;
  #at = 0;
  #line = 1;

  constructor(text: string, lineOf: Map<string, number>) {
    this.#text = text;
    this.#lineOf = lineOf;
  }

  document(): void {
    this.#value('', 0);
    this.#space();
    if (this.#at < this.#text.length) this.#fail('nothing may follow the value');
  }

  #char(): string | undefined {
    return this.#text[this.#at];
  }

  #fail(message: string, offset = this.#at): never {
    throw new Mistake(offset, message);
  }

  #space(): void {
    for (; this.#at < this.#text.length; this.#at++) {
      const char = this.#char();
      if (char === '\n') this.#line++;
      else if (char !== ' ' && char !== '\t' && char !== '\r') return;
    }
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text)?.[0] ?? '';
  }

  #string(what: string): string {
    const start = this.#at;
    if (this.#char() !== '"') this.#fail(`${what} stands in double quotes: "…"`);
    this.#at++;
    for (; this.#at < this.#text.length; this.#at++) {
      const char = this.#char();
      if (char === '"') {
        this.#at++;
        return this.#unquoted(start);
      }
      if (char === '\n') break;
      if (char === '\t') this.#fail('a tab inside a text is written \\t');
      if (char === '\\') this.#at++;
    }
    return this.#fail('this text is not closed: a double quote is missing at its end', start);
  }

  #unquoted(start: number): string {
    try {
      return String(JSON.parse(this.#text.slice(start, this.#at)));
    } catch {
      return this.#fail('this text holds a backslash that means nothing; write \\\\ for one', start);
    }
  }

  #scalar(): void {
    const start = this.#at;
    const number = this.#match(numberPattern);
    const word = this.#match(wordPattern);
    if ((number !== '' && number === word) || literals.has(word)) this.#at += word.length;
    else if (/^[-+.\d]/.test(word)) this.#fail(`${word} is no number as JSON writes them`, start);
    else if (word !== '') this.#fail(`${word} is no value: text stands in double quotes`, start);
    else if (this.#at >= this.#text.length) this.#fail('something is missing here: the text ends');
    else if (/['“”‘’]/.test(this.#char() ?? '')) this.#string('text');
    else this.#fail(`a value is missing before ${this.#char()}`);
  }

  #value(pointer: string, depth: number): void {
    this.#space();
    if (!this.#lineOf.has(pointer)) this.#lineOf.set(pointer, this.#line);
    if (depth > deepest) this.#fail('this is nested too deeply');
    const char = this.#char();
    if (char === '{') this.#members('}', pointer, depth);
    else if (char === '[') this.#members(']', pointer, depth);
    else if (char === '"') this.#string('text');
    else this.#scalar();
  }

  #members(close: '}' | ']', pointer: string, depth: number): void {
    const opened = `the ${this.#char()} of line ${this.#line}`;
    this.#at++;
    this.#space();
    for (let index = 0; index > 0 || this.#char() !== close; index++) {
      this.#space();
      if (close === '}') this.#member(pointer, depth);
      else this.#value(pointer + pointerStep(index), depth + 1);
      if (!this.#goesOn(close, opened)) return;
    }
    this.#at++;
  }

  /** After a member: whether another follows. */
  #goesOn(close: '}' | ']', opened: string): boolean {
    // A missing comma is told where the value ends, not on a later line.
    const ended = this.#at;
    this.#space();
    const char = this.#char();
    if (char === close) {
      this.#at++;
      return false;
    }
    if (char === undefined) this.#fail(`${opened} is not closed: ${close} is missing`, ended);
    if (char !== ',') this.#fail(beginsPart(char) ? 'a comma is missing after this' : `${char} does not belong here`, ended);
    const comma = this.#at;
    this.#at++;
    this.#space();
    if (this.#char() === close) this.#fail('nothing follows this comma: take it away', comma);
    return true;
  }

  #member(pointer: string, depth: number): void {
    if (this.#char() !== '"') {
      const word = this.#match(wordPattern);
      this.#fail(word === '' ? 'a name in double quotes is missing here' : `a name stands in double quotes: "${word}"`);
    }
    const line = this.#line;
    const name = this.#string('a name');
    this.#space();
    if (this.#char() !== ':') this.#fail(`a colon is missing after "${name}"`);
    this.#at++;
    const here = pointer + pointerStep(name);
    this.#lineOf.set(here, line);
    this.#value(here, depth + 1);
  }
}

/** Whether a character begins a value or a name, so that what is missing before it is a comma. */
function beginsPart(char: string): boolean {
  return /["'{[\p{L}\p{N}-]/u.test(char);
}

function placed(text: string, offset: number, message: string): JsonProblem {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: offset - lineStart + 1, offset, message };
}

export interface InkPart {
  readonly text: string;
  readonly kind: 'name' | 'text' | 'number' | 'word' | 'mark' | 'other';
}

const inkPattern = /"(?:[^"\\]|\\.)*"?(?=(\s*:)?)|-?\d[\d.eE+-]*|\b(?:true|false|null)\b|[{}[\],:]+|\s+|[^\s"{}[\],:\d-]+|./g;

/** One line in parts, by what they are. Good enough for ink: what is wrong is told by `readJson`. */
export function inkOf(line: string): readonly InkPart[] {
  return [...line.matchAll(inkPattern)].map(([text, colon]): InkPart => {
    if (text.startsWith('"')) return { text, kind: colon === undefined ? 'text' : 'name' };
    if (/^-?\d/.test(text)) return { text, kind: 'number' };
    if (text === 'true' || text === 'false' || text === 'null') return { text, kind: 'word' };
    return { text, kind: /^[{}[\],:]/.test(text) ? 'mark' : 'other' };
  });
}
