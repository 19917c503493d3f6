/**
 * Where the parts of a JSON text lie, in bytes. `JSON.parse` says what a text means but not where; to take one event
 * out of a stored batch without touching a byte of the others, where is what counts. Only for texts that `JSON.parse`
 * has taken: nothing is validated here.
 */
export interface Range {
  readonly start: number;
  /** The first byte after it. */
  readonly end: number;
}

export interface Member {
  readonly key: string;
  readonly value: Range;
}

const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];
const isSpace = (byte: number | undefined) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/** The members of the object that the text is, in order, doubled keys too. Empty where it is no object. */
export function membersOf(text: Uint8Array): readonly Member[] {
  const members: Member[] = [];
  let at = skipSpace(text, 0);
  if (text[at] !== openBrace) return members;
  at = skipSpace(text, at + 1);
  while (at < text.length && text[at] !== closeBrace) {
    const keyEnd = skipString(text, at);
    const key: unknown = JSON.parse(Buffer.from(text.buffer, text.byteOffset + at, keyEnd - at).toString('utf8'));
    const start = skipSpace(text, after(text, keyEnd, colon));
    const end = skipValue(text, start);
    members.push({ key: String(key), value: { start, end } });
    at = skipSpace(text, after(text, end, comma));
  }
  return members;
}

/** The elements of the array at `range`. Empty where there is no array. */
export function elementsOf(text: Uint8Array, range: Range): readonly Range[] {
  const elements: Range[] = [];
  if (text[range.start] !== openBracket) return elements;
  let at = skipSpace(text, range.start + 1);
  while (at < range.end && text[at] !== closeBracket) {
    const end = skipValue(text, at);
    elements.push({ start: at, end });
    at = skipSpace(text, after(text, end, comma));
  }
  return elements;
}

function skipSpace(text: Uint8Array, from: number): number {
  let at = from;
  while (isSpace(text[at])) at++;
  return at;
}

/** Behind a separator that may follow, with the space before it. */
function after(text: Uint8Array, from: number, separator: number): number {
  const at = skipSpace(text, from);
  return text[at] === separator ? at + 1 : at;
}

/** @param from where the opening quote is */
function skipString(text: Uint8Array, from: number): number {
  let at = from + 1;
  while (at < text.length && text[at] !== quote) at += text[at] === backslash ? 2 : 1;
  return at + 1;
}

function skipValue(text: Uint8Array, from: number): number {
  const first = text[from];
  if (first === quote) return skipString(text, from);
  if (first === openBrace || first === openBracket) return skipNested(text, from);
  let at = from;
  while (at < text.length && !isSpace(text[at]) && text[at] !== comma && text[at] !== closeBrace && text[at] !== closeBracket) at++;
  return at;
}

function skipNested(text: Uint8Array, from: number): number {
  let depth = 0;
  let at = from;
  while (at < text.length) {
    const byte = text[at];
    if (byte === quote) {
      at = skipString(text, at);
      continue;
    }
    at++;
    if (byte === openBrace || byte === openBracket) depth++;
    else if ((byte === closeBrace || byte === closeBracket) && --depth === 0) return at;
  }
  return at;
}
