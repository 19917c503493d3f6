/**
 * A write key in a body (browsers and the official SDKs put it there) is not stored. Rather than
 * writing the whole body anew, its bytes are overwritten with spaces, which JSON allows anywhere
 * between tokens.
 */
const NAME = Buffer.from('"writeKey"');
const [QUOTE, COLON, COMMA, SPACE, BACKSLASH] = Buffer.from('":, \\');

/**
 * Blanks the top-level member `writeKey` in place and says whether it could. The name must occur
 * once in the body, with a plain string as value, and nothing in the body may be written as a
 * unicode escape: only then is that occurrence certain to be the member meant.
 */
export function blankWriteKey(body: Buffer, value: unknown): boolean {
  if (typeof value !== 'string' || body.includes('\\u')) return false;
  const start = body.indexOf(NAME);
  if (start < 0 || body.indexOf(NAME, start + 1) >= 0) return false;
  const colon = skipSpace(body, start + NAME.length, 1);
  const open = skipSpace(body, colon + 1, 1);
  if (body[colon] !== COLON || body[open] !== QUOTE) return false;
  const close = body.indexOf('"', open + 1);
  if (close < 0 || body.subarray(open, close).includes(BACKSLASH ?? 0)) return false;
  if (body.toString('utf8', open + 1, close) !== value) return false;
  const after = skipSpace(body, close + 1, 1);
  const before = skipSpace(body, start - 1, -1);
  if (body[after] === COMMA) body.fill(SPACE ?? 32, start, after + 1);
  else if (body[before] === COMMA) body.fill(SPACE ?? 32, before, close + 1);
  else body.fill(SPACE ?? 32, start, close + 1);
  return true;
}

/** First position from `at` in this direction that is not JSON white space. */
function skipSpace(body: Buffer, at: number, step: 1 | -1): number {
  let index = at;
  while (body[index] === 32 || body[index] === 10 || body[index] === 13 || body[index] === 9) index += step;
  return index;
}
