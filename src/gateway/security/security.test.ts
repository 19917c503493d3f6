import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAnswerBook } from './answer-book.ts';
import { answerShape } from './answer-shape.ts';
import { createAuthenticationBook, keyMark } from './authentication-book.ts';
import { securityMetrics } from './metrics.ts';

describe('the shape of an answer', () => {
  it.each([
    ['', 'empty'],
    [
      '{"error":{"code":190,"message":"Invalid token of ana@example.com","is_transient":false}}',
      '{error: {code: number, message: text, is_transient: false}}',
    ],
    [
      '{"failed_records":[{"index":0,"insert_id":"a"},{"index":1,"insert_id":"b"}],"ids":[]}',
      '{failed_records: [{index: number, insert_id: text} …], ids: []}',
    ],
    ['{"ana@example.com":"unknown"}', '{map}'],
    ['{"user_4711208":{"ok":true}}', '{map}'],
    ['{"a":{"b":{"c":{"d":{"e":1}}}}}', '{a: {b: {c: {d: …}}}}'],
    ['{"cut off', 'broken JSON'],
    ['<!doctype html><title>502</title>', 'HTML'],
    ['<?xml version="1.0"?><error/>', 'XML'],
    ['upstream connect error', 'text'],
  ])('of %s', (body, shape) => {
    expect(answerShape(body)).toBe(shape);
  });

  it('is short, and holds no value, whatever came', () => {
    const secret = fc.stringMatching(/^[a-z]{8}@[a-z]{5}\.org$/);
    fc.assert(
      fc.property(fc.jsonValue(), secret, (value, text) => {
        const shape = answerShape(JSON.stringify({ [text]: value, deep: [value, { name: text }] }));
        expect(shape.length).toBeLessThanOrEqual(300);
        expect(shape).not.toContain(text);
      }),
    );
  });
});

describe('the book of answers', () => {
  const failure = { class: 'server', detail: 'HTTP 500' } as const;

  it('keeps the last different ones, equal ones with a count, newest first', () => {
    let now = 1000;
    const book = createAnswerBook(() => now);
    for (let index = 0; index < 3; index++)
      book.landed('crm', { answer: { status: 500, body: `{"error":"e${index}"}` }, latencyMs: 12.4, failure });
    now += 1000;
    book.landed('crm', { answer: { status: 200, body: '{}' }, latencyMs: 3, failure: null });
    book.landed('crm', { answer: { status: 400, body: 'no' }, latencyMs: 3, failure: { class: 'rejected', detail: 'HTTP 400' } });
    book.landed('crm', { answer: null, latencyMs: 10_000, failure: { class: 'timeout', detail: 'no verdict' } });
    expect(book.list('crm', 10)).toEqual([
      {
        status: 400,
        class: 'rejected',
        shape: 'text',
        detail: 'HTTP 400',
        sizeBytes: 2,
        latencyMs: 3,
        count: 1,
        firstAt: 2000,
        lastAt: 2000,
      },
      {
        status: 500,
        class: 'server',
        shape: '{error: text}',
        detail: 'HTTP 500',
        sizeBytes: 14,
        latencyMs: 12,
        count: 3,
        firstAt: 1000,
        lastAt: 1000,
      },
    ]);
    expect(book.counts().get('crm')).toMatchObject({ bytesIn: 46, byStatus: { '2xx': 1, '4xx': 1, '5xx': 3, none: 1 } });
    expect(book.list('other', 10)).toEqual([]);
  });

  it('is bounded in entries and in what it looks into, and loses no count', () => {
    let now = 0;
    const book = createAnswerBook(() => now);
    for (let status = 400; status < 500; status++) {
      now += 1000;
      book.landed('crm', { answer: { status, body: '' }, latencyMs: 1, failure });
    }
    expect(book.list('crm', 100)).toHaveLength(50);
    now += 1000;
    for (let index = 0; index < 1000; index++) book.landed('crm', { answer: { status: 503, body: '' }, latencyMs: 1, failure });
    expect(book.list('crm', 1)).toMatchObject([{ status: 503, count: 1000 }]);
  });

  it('forgets destinations that are gone', () => {
    const book = createAnswerBook(() => 0);
    book.landed('a', { answer: { status: 200, body: '' }, latencyMs: 1, failure: null });
    book.retain(new Set());
    expect(book.counts().size).toBe(0);
  });
});

describe('the book of authentications', () => {
  const refused = (who: string) => ({ door: 'control', outcome: 'refused', code: 'AUTH_REQUIRED', who }) as const;

  function room() {
    const lines: { readonly level: string; readonly fields: object }[] = [];
    const state = { now: 1000 };
    const book = createAuthenticationBook(() => state.now, {
      info: (fields) => void lines.push({ level: 'info', fields }),
      warn: (fields) => void lines.push({ level: 'warn', fields }),
    });
    return { book, lines, state };
  }

  it('counts attempts of a kind in one entry, and writes one line in ten seconds', () => {
    const { book, lines, state } = room();
    for (let index = 0; index < 100; index++) {
      state.now += 200;
      book.note(refused('console'));
    }
    expect(book.list(10)).toEqual([{ ...refused('console'), count: 100, firstAt: 1200, lastAt: 21_000 }]);
    expect(lines.map(({ fields }) => fields)).toEqual([
      { ...refused('console'), attempts: 1 },
      { ...refused('console'), attempts: 50 },
    ]);
    expect(book.totals).toEqual({ accepted: 0, refused: 100, unknownKeys: 0 });
  });

  it('is bounded, newest first, whoever knocks', () => {
    const { book } = room();
    for (let index = 0; index < 2000; index++)
      book.note({ door: 'ingest', outcome: 'refused', code: 'INGEST_KEY_UNKNOWN', who: keyMark(`k${index}`) });
    expect(book.list(1000)).toHaveLength(500);
    expect(book.list(1)[0]?.who).toBe(keyMark('k1999'));
    expect(book.totals.unknownKeys).toBe(2000);
  });

  it('keeps a mark of a key, never the key: it may be a secret that was pasted in the wrong place', () => {
    expect(keyMark('sk_live_abcdef')).toMatch(/^[0-9a-f]{8}$/);
    expect(keyMark(null)).toBe('');
  });
});

describe('the metrics of both', () => {
  it('are counters by class', () => {
    const answers = createAnswerBook(() => 0);
    answers.landed('crm', { answer: { status: 200, body: 'ok' }, latencyMs: 1, failure: null });
    const text = securityMetrics({ totals: { accepted: 2, refused: 1, unknownKeys: 1 } }, answers);
    expect(text).toContain('# TYPE sluice_authentications_total counter\nsluice_authentications_total{class="accepted"} 2\n');
    expect(text).toContain('sluice_delivery_answers_total{destination="crm",class="2xx"} 1\n');
    expect(text).toContain('sluice_delivery_answer_bytes_total{destination="crm"} 2\n');
  });
});
