/** Length and separators of `toISOString()`, which is what the SDKs send. */
const LENGTH = 24;
const [DASH, COLON, DOT, UPPER_T, UPPER_Z, ZERO] = [45, 58, 46, 84, 90, 48];
const daysBefore = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
const daysIn = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * `Date.parse`, with a short way for the exact form `2026-11-20T12:00:00.000Z` (20 ns instead of 180:
 * the parser was a third of the cost of making an event). Anything else takes the long way.
 */
export function parseTime(text: string): number {
  const short = text.length === LENGTH ? parseExact(text) : Number.NaN;
  return Number.isNaN(short) ? Date.parse(text) : short;
}

function parseExact(text: string): number {
  if (text.charCodeAt(23) !== UPPER_Z || text.charCodeAt(10) !== UPPER_T || text.charCodeAt(19) !== DOT) return Number.NaN;
  if (text.charCodeAt(4) !== DASH || text.charCodeAt(7) !== DASH || text.charCodeAt(13) !== COLON || text.charCodeAt(16) !== COLON)
    return Number.NaN;
  const year = pair(text, 0) * 100 + pair(text, 2);
  const month = pair(text, 5);
  const day = pair(text, 8);
  const [hour, minute, second] = [pair(text, 11), pair(text, 14), pair(text, 17)];
  const milliseconds = pair(text, 20) * 10 + digit(text, 22);
  // The odd ones (year 0, 24:00, 29 February) are left to Date.parse: false for NaN too.
  const isPlain =
    year >= 1900 && month >= 1 && month <= 12 && day >= 1 && day <= (daysIn[month - 1] ?? 0) && hour < 24 && minute < 60 && second < 60;
  if (!isPlain) return Number.NaN;
  const leapYears = Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / 400) - 477;
  const isBeforeLeapDay = month < 3 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = (year - 1970) * 365 + leapYears - (isBeforeLeapDay ? 1 : 0) + (daysBefore[month - 1] ?? 0) + day - 1;
  return ((days * 24 + hour) * 60 + minute) * 60_000 + second * 1000 + milliseconds;
}

function pair(text: string, at: number): number {
  return digit(text, at) * 10 + digit(text, at + 1);
}

function digit(text: string, at: number): number {
  const code = text.charCodeAt(at) - ZERO;
  return code >= 0 && code <= 9 ? code : Number.NaN;
}
