import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Redaction, redactionSchema } from '#contract/documents/redaction.ts';
import { hasPattern, isCardNumber } from './find-patterns.ts';
import { parsePath } from './json-path.ts';
import { compileRedaction, ruleProblem } from './redact.ts';

const hash = (text: string) => `h_${createHmac('sha256', 'key').update(text).digest('base64url').slice(0, 22)}`;
const email = (action: string, keep = 0) => ({ id: 'mail', match: { by: 'pattern', pattern: 'email' }, action, keep });
const card = (action: string, keep = 0) => ({ id: 'card', match: { by: 'pattern', pattern: 'card' }, action, keep });
const path = (text: string, action: string, keep = 0) => ({ id: 'path', match: { by: 'path', path: text }, action, keep });

function redact(json: Readonly<Record<string, unknown>>, ...rules: unknown[]) {
  const value: Redaction = redactionSchema.parse({ name: 'Test', rules });
  const redactor = compileRedaction([{ id: 'pii', value }], hash);
  if (!redactor) throw new Error('no rules');
  return redactor.redact(json);
}
const made = (json: Readonly<Record<string, unknown>>, ...rules: unknown[]) => redact(json, ...rules).json;

const event = {
  type: 'track',
  messageId: 'm-1',
  userId: 'ana@shop.example',
  properties: {
    note: 'call ana@shop.example at 5',
    items: [
      { sku: 'a', note: 'x' },
      { sku: 'b', note: 'y' },
    ],
    total: 12,
  },
  traits: { phone: '+34 600 000 000', address: { city: 'Madrid' } },
};

describe('redaction by path', () => {
  it('drops, masks, hashes and truncates what a path names, and nothing else', () => {
    expect(made(event, path('$.traits.phone', 'drop')).traits).toEqual({ address: { city: 'Madrid' } });
    expect(made(event, path('$.traits.phone', 'mask', 3)).traits).toMatchObject({ phone: '***000' });
    expect(made(event, path('$.traits.phone', 'hash')).traits).toMatchObject({ phone: hash('+34 600 000 000') });
    expect(made(event, path('$.traits.phone', 'truncate', 3)).traits).toMatchObject({ phone: '+34' });
    expect(made(event, path('$.properties.items[*].note', 'drop')).properties).toMatchObject({ items: [{ sku: 'a' }, { sku: 'b' }] });
    expect(made(event, path('$.properties.items[1]', 'drop')).properties).toMatchObject({ items: [{ sku: 'a' }, null] });
    expect(made(event, path("$..['city']", 'mask')).traits).toMatchObject({ address: { city: '***' } });
    expect(made(event, path('$.*.address', 'mask')).traits).toMatchObject({ address: '***' });
  });

  it('hands an event that no rule touches on as it is, and names the rules that did', () => {
    const untouched = redact(event, path('$.traits.ssn', 'drop'), card('mask'));
    expect(untouched.json).toBe(event);
    expect(untouched.rules).toEqual([]);
    expect(redact(event, path('$.traits.ssn', 'drop'), email('mask')).rules).toEqual(['pii/mail']);
  });

  it('never makes one person of two: an id is hashed whole, or dropped', () => {
    expect(made(event, path('$.userId', 'mask')).userId).toBe(hash('ana@shop.example'));
    expect(made(event, path('$.userId', 'truncate', 2)).userId).toBe(hash('ana@shop.example'));
    expect(made(event, path('$.userId', 'drop'))).not.toHaveProperty('userId');
    expect(made(event, email('mask')).userId).toBe(hash('ana@shop.example'));
    expect(made({ ...event, messageId: 'for-ana@shop.example' }, email('drop')).messageId).toBe(hash('for-ana@shop.example'));
  });

  it('leaves what the gateway works by to itself, however wide the path', () => {
    expect(made(event, path('$.*', 'drop'))).toEqual({ type: 'track', messageId: 'm-1' });
    expect(made(event, path('$..messageId', 'drop')).messageId).toBe('m-1');
  });

  it('refuses what is no path, or names what the gateway works by', () => {
    const problem = (text: string) => ruleProblem(redactionSchema.parse({ name: 'x', rules: [path(text, 'drop')] }).rules[0]!);
    for (const text of ['traits.phone', '$.', '$.a[', '$[?(@.a)]', '$.a.[0]', '$.messageId', "$['type']"])
      expect(problem(text), text).not.toBeNull();
    for (const text of ['$.a', '$.a-b', '$[0]', "$['a b'].c", '$..a', '$..*', '$..[0]', '$.*']) expect(problem(text), text).toBeNull();
    expect(parsePath('$..a[3]')).toEqual([{ kind: 'deep' }, { kind: 'name', name: 'a' }, { kind: 'index', index: 3 }]);
  });
});

describe('redaction by pattern', () => {
  it('finds e-mail in free text, URLs and keys', () => {
    expect(made(event, email('mask')).properties).toMatchObject({ note: 'call *** at 5' });
    expect(made({ context: { page: { url: 'https://x.example/?m=ana%40shop.example&a=1' } } }, email('mask')).context).toEqual({
      page: { url: 'https://x.example/?m=***&a=1' },
    });
    expect(made({ properties: { 'a@b.co': 1, 'c@d.co': 2 } }, email('mask')).properties).toEqual({ '***': 1, '***~2': 2 });
    for (const text of ['a@b', 'left @ 5', '@', 'pkg@1.2.3', 'user@localhost', '@handle.name'])
      expect(hasPattern('email', text), text).toBe(false);
    for (const text of ['ü.ñ@bücher.example', "o'neil@x.ie", 'a+b@c.d.co', 'mail:a@b.co.', '<a@b.co>'])
      expect(hasPattern('email', text), text).toBe(true);
  });

  it('finds card numbers in pieces, as numbers and beside other digits, and leaves other numbers alone', () => {
    for (const text of [
      '4111111111111111',
      '4111 1111 1111 1111',
      '12 4111-1111-1111-1111',
      'card:5500005555555559!',
      '3400 000000 00009',
      '4111  1111 1111 1111',
    ])
      expect(hasPattern('card', text), text).toBe(true);
    for (const text of [
      '4111111111111112',
      '41111111111111110000000',
      '1763708712000',
      '2026-11-20 12:00',
      '+34 600 000 000',
      '4111.1111.1111.1111',
    ])
      expect(hasPattern('card', text), text).toBe(false);
    expect(isCardNumber(4111111111111111)).toBe(true);
    expect(isCardNumber(1763708712000)).toBe(false);
    expect(made({ properties: { pan: 4111111111111111, n: 5 } }, card('mask', 4)).properties).toEqual({ pan: '***1111', n: 5 });
    expect(made({ properties: { pan: 4111111111111111, n: 5 } }, card('drop')).properties).toEqual({ n: 5 });
    expect(made({ properties: { a: 'pay 4111111111111111 now' } }, card('truncate')).properties).toEqual({ a: 'pay ' });
  });

  it('takes time in proportion to the text, however it is made', () => {
    // In quadratic time this would outlast the test by hours.
    const size = 2_000_000;
    const hostile = ['a', '4 ', 'a@', 'a%40', 'a@b.co ', '4111 1111 1111 1111,', '4111 1111 1111 1112 ', 'b.', '@b.'].map((part) =>
      part.repeat(size / part.length),
    );
    for (const text of [...hostile, `${'a'.repeat(size)}@`, `a@${'b.'.repeat(size / 2)}`]) {
      expect(made({ properties: { text } }, email('mask'), card('mask'))).toHaveProperty('properties');
    }
  });
});

/** Detectors of the test's own: as plain as they can be. */
const seesEmail = (text: string) => /[\w.+-]+(@|%40)[\w-]+\.[a-z]{2,}/i.test(text);
const seesCard = (text: string) =>
  (text.match(/\d(?:[ -]?\d){12,}/g) ?? []).some((run) =>
    run.split(/[ -]/).some((_, from, groups) => groups.some((__, to) => isCard(groups.slice(from, to + 1).join('')))),
  );
function isCard(digits: string): boolean {
  if (digits.length < 13 || digits.length > 19 || !/^[2-6]/.test(digits)) return false;
  const sum = [...digits]
    .reverse()
    .reduce(
      (total, digit, at) => total + (at % 2 === 0 ? Number(digit) : Number(digit) > 4 ? Number(digit) * 2 - 9 : Number(digit) * 2),
      0,
    );
  return sum % 10 === 0;
}

const sensitive = fc.oneof(
  fc.constantFrom(
    'ana@shop.example',
    'o.b+c@x-y.co.uk',
    'a%40b.example',
    '4111111111111111',
    '4111 1111 1111 1111',
    '5500-0055-5555-5559',
    '6011000990139424',
  ),
  fc
    .tuple(fc.stringMatching(/^[a-z0-9.]{1,8}$/), fc.stringMatching(/^[a-z]{1,6}\.(com|io)$/))
    .map(([local, domain]) => `${local}@${domain}`),
  fc.stringMatching(/^[3-6][0-9]{14}$/).map(withCheckDigit),
);
function withCheckDigit(digits: string): string {
  return [...'0123456789'].map((digit) => digits + digit).find(isCard) ?? digits;
}
const filler = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.stringMatching(/^[0-9 -]{0,20}$/),
  fc.constantFrom('', ' ', '1', '4111 ', '@', '.'),
);
const text = fc.array(fc.oneof(filler, sensitive), { maxLength: 5 }).map((parts) => parts.join(''));
const leaf = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null), fc.constant(4111111111111111));
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5 },
    leaf,
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.constantFrom('a', 'b', 'note'), text), tie('tree'), { maxKeys: 4 }),
  ),
}));

function everyText(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number') return [String(value)];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => [Array.isArray(value) ? '' : key, ...everyText(member)]);
}

describe('whatever the nesting', () => {
  const actions = fc.constantFrom('drop', 'mask', 'hash', 'truncate');
  it('no configured pattern gets through', () => {
    fc.assert(
      fc.property(tree, text, actions, actions, fc.integer({ min: 0, max: 12 }), (properties, userId, first, second, keep) => {
        const { json } = redact(
          { type: 'track', messageId: userId, userId, properties, context: { page: properties } },
          email(first, keep),
          card(second, keep),
        );
        expect(everyText(json).filter((each) => seesEmail(each) || seesCard(each))).toEqual([]);
      }),
      { numRuns: 1500 },
    );
  });

  it('redacting again changes nothing, and what was given is not touched', () => {
    fc.assert(
      fc.property(tree, actions, (properties, action) => {
        const given = { type: 'track', messageId: 'm', properties };
        const copy = structuredClone(given);
        const rules = [email(action, 4), card(action, 4)];
        const once = made(given, ...rules);
        expect(made(once, ...rules)).toBe(once);
        expect(given).toEqual(copy);
      }),
    );
  });
});
