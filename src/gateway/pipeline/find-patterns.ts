/**
 * Finds payment card numbers and e-mail addresses in free text. Written by hand: a regular expression
 * for either takes quadratic time on text made to slow it down, and this runs on everything that is sent to us.
 */
import type { Pattern } from '#contract/documents/redaction.ts';

/** Half-open range of UTF-16 units. */
export interface Match {
  readonly start: number;
  readonly end: number;
}

const shortestCard = 13;
const longestCard = 19;
const separators = new Set([...' -\u00a0\u2010\u2011\u2012\u2013\u2014\u2009\u202f'].map((each) => each.charCodeAt(0)));
/** Between two groups of a card number. */
const longestGap = 3;
const firstDigit = /[2-6]/;

/** All matches, in order, none overlapping; at most `limit`. Linear in the text. */
export function findPattern(pattern: Pattern, text: string, limit = Number.POSITIVE_INFINITY): readonly Match[] {
  return pattern === 'card' ? findCards(text, limit) : findEmails(text, limit);
}

export function hasPattern(pattern: Pattern, text: string): boolean {
  return findPattern(pattern, text, 1).length > 0;
}

const none: readonly Match[] = [];

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/**
 * Digits in one piece or in groups with up to three separators between, 13 to 19 of them, beginning with 2
 * to 6 as card numbers do (ISO/IEC 7812), with a right check digit. Begins and ends where a group does.
 */
function findCards(text: string, limit: number): readonly Match[] {
  // Most texts hold no digit that a card number begins with, and the engine finds that out faster than we do.
  if (text.length < shortestCard || !firstDigit.test(text)) return none;
  let found: Match[] | null = null;
  for (let at = 0; at < text.length; at++) {
    if (!isDigit(text.charCodeAt(at)) || (at > 0 && isDigit(text.charCodeAt(at - 1)))) continue;
    const end = cardFrom(text, at);
    if (end === 0) continue;
    found ??= [];
    found.push({ start: at, end });
    if (found.length >= limit) break;
    at = end - 1;
  }
  return found ?? none;
}

/** End of the longest card number that begins at this group; 0 where there is none. Looks at some 70 characters at most. */
function cardFrom(text: string, start: number): number {
  const first = text.charCodeAt(start);
  if (first < 50 || first > 54) return 0;
  const digits: number[] = [];
  let found = 0;
  let at = start;
  while (at < text.length && digits.length <= longestCard) {
    while (isDigit(text.charCodeAt(at)) && digits.length <= longestCard) digits.push(text.charCodeAt(at++) - 48);
    if (digits.length > longestCard) break;
    if (digits.length >= shortestCard && passesLuhn(digits)) found = at;
    const gap = gapAt(text, at);
    if (gap === 0) break;
    at += gap;
  }
  return found;
}

/** Length of the separators between two groups of digits; 0 where none, or too many, or no digit follows. */
function gapAt(text: string, at: number): number {
  let gap = 0;
  while (gap <= longestGap && separators.has(text.charCodeAt(at + gap))) gap++;
  return gap > 0 && gap <= longestGap && isDigit(text.charCodeAt(at + gap)) ? gap : 0;
}

/** The check digit of ISO/IEC 7812-1, annex B. */
function passesLuhn(digits: readonly number[]): boolean {
  let sum = 0;
  for (let index = digits.length - 1, doubles = false; index >= 0; index--, doubles = !doubles) {
    const digit = digits[index] ?? 0;
    sum += doubles ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit;
  }
  return sum % 10 === 0;
}

/** Whether a number is a card number: sent as JSON number, without quotes. */
export function isCardNumber(value: number): boolean {
  if (!Number.isInteger(value) || value < 1e12 || value >= 1e19) return false;
  const text = String(value);
  return findCards(text, 1)[0]?.end === text.length;
}

/** `local@domain.tld`, also with the at sign as URLs write it (`%40`). */
function findEmails(text: string, limit: number): readonly Match[] {
  let found: Match[] | null = null;
  let floor = 0;
  let plain = text.indexOf('@');
  let encoded = text.indexOf('%40');
  while (plain >= 0 || encoded >= 0) {
    const isPlain = encoded < 0 || (plain >= 0 && plain < encoded);
    const at = isPlain ? plain : encoded;
    const host = at + (isPlain ? 1 : 3);
    const start = localStart(text, at, floor);
    const end = domainEnd(text, host);
    const isMatch = start < at && end > 0;
    if (isMatch) {
      found ??= [];
      found.push({ start, end });
      if (found.length >= limit) break;
    }
    floor = Math.max(floor, isMatch ? end : host);
    // Only the one that was used up is looked for again: looking for what is not there takes the whole text.
    if (isPlain) plain = text.indexOf('@', floor);
    else encoded = text.indexOf('%40', floor);
  }
  return found ?? none;
}

/** Letters and digits of any script, and the marks that real addresses use. */
function isLocal(code: number): boolean {
  return isDomain(code) || code === 43 || code === 95 || code === 46 || code === 39 || code === 37 || code === 38 || code === 126;
}

/** A letter or digit of any script, or a hyphen. */
function isDomain(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || isDigit(code) || code === 45 || code > 0x00bf;
}

function localStart(text: string, at: number, floor: number): number {
  let start = at;
  while (start > floor && isLocal(text.charCodeAt(start - 1))) start--;
  return start;
}

/** End of the host name that begins here; 0 where its last label is not one of letters, or the only one. */
function domainEnd(text: string, from: number): number {
  let end = 0;
  let label = from;
  for (let at = from; ; at++) {
    if (at < text.length && isDomain(text.charCodeAt(at))) continue;
    if (at === label) return end;
    // Of `a@b.c.7` the address is `a@b.c`, of `x@1.2` there is none: a last label begins with a letter.
    if (label > from && !isDigit(text.charCodeAt(label)) && text.charCodeAt(label) !== 45) end = at;
    if (text.charCodeAt(at) !== 46) return end;
    label = at + 1;
  }
}
