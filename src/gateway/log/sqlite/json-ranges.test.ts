import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blankEvents, eventsIn } from './blank-events.ts';
import { elementsOf, membersOf } from './json-ranges.ts';
import { filterOf, mightHold } from './person-filter.ts';

const bytesOf = (text: string) => new Uint8Array(Buffer.from(text));
const textOf = (bytes: Uint8Array, range = { start: 0, end: bytes.length }) =>
  Buffer.from(bytes).subarray(range.start, range.end).toString();

describe('where the parts of a JSON text lie', () => {
  it('is found for any object, however it is written', () => {
    const spaces = fc.constantFrom('', ' ', '\n\t ');
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom(undefined, 2), spaces, (object, indent, space) => {
        const text = bytesOf(`${space}${JSON.stringify(object, null, indent)}${space}`);
        const found = membersOf(text).map(({ key, value }) => [key, JSON.parse(textOf(text, value))]);
        expect(found).toEqual(Object.entries(JSON.parse(textOf(text))));
      }),
    );
  });

  it('is found for any array', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.constantFrom(undefined, 1), (array, indent) => {
        const text = bytesOf(JSON.stringify(array, null, indent));
        const found = elementsOf(text, { start: 0, end: text.length }).map((range) => JSON.parse(textOf(text, range)));
        expect(found).toEqual(JSON.parse(textOf(text)));
      }),
    );
  });

  it('is empty for what has none', () => {
    expect(membersOf(bytesOf('[1]'))).toEqual([]);
    expect(elementsOf(bytesOf('{}'), { start: 0, end: 2 })).toEqual([]);
  });
});

describe('taking events out of a body', () => {
  const blanked = (body: string, isBatch: boolean, ...gone: number[]) => {
    const text = bytesOf(body);
    blankEvents(text, eventsIn(text, isBatch), new Set(gone));
    expect(text).toHaveLength(bytesOf(body).length);
    return textOf(text);
  };

  it('leaves the others and the size as they were', () => {
    const event = fc.record({ userId: fc.string(), properties: fc.dictionary(fc.string(), fc.jsonValue()) });
    fc.assert(
      fc.property(fc.array(event, { minLength: 1 }), fc.array(fc.nat({ max: 9 })), (events, picks) => {
        const gone = new Set(picks.filter((pick) => pick < events.length));
        const shared = { context: { ip: '1.2.3.4' }, sluice: events.map((_, i) => (i % 2 ? { trace: `t${i}` } : null)) };
        const body = JSON.stringify({ ...shared, batch: events });
        const after = JSON.parse(blanked(body, true, ...gone));
        if (gone.size === events.length) {
          expect(after).toBe(0);
          return;
        }
        const before = JSON.parse(body);
        expect(after.context).toEqual(shared.context);
        expect(after.batch).toEqual(before.batch.map((one: unknown, i: number) => (gone.has(i) ? 0 : one)));
        expect(after.sluice).toEqual(before.sluice.map((one: unknown, i: number) => (gone.has(i) ? null : one)));
      }),
    );
  });

  it('leaves nothing of a body that is the event, whatever keys it has', () => {
    expect(JSON.parse(blanked('{"userId":"ana","batch":[1,2]}', false, 0))).toBe(0);
  });

  it('takes what stands under a doubled key, or one that nobody reads, with it', () => {
    const after = blanked(
      '{"batch":[{"userId":"ana"}],"context":{"a":"ana"},"user":"ana","context":{},"batch":[{"userId":"bob"},{"userId":"ana"}]}',
      true,
      1,
    );
    expect(after).not.toContain('ana');
    expect(JSON.parse(after)).toEqual({ batch: [{ userId: 'bob' }, 0], user: 0, context: {} });
  });

  it('takes the rest of a batch that has lost its last event', () => {
    const once = blanked('{"batch":[{"userId":"ana"},{"userId":"bob"}],"context":{"traits":{"email":"a@x"}}}', true, 0);
    expect(blanked(once, true, 1).trim()).toBe('0');
  });
});

describe('the filter of a chunk', () => {
  const hash = fc.base64String({ minLength: 24, maxLength: 24 }).map((text) => `h_${text.replaceAll(/[+/=]/g, 'x').slice(0, 22)}`);
  it('never denies whom it holds', () => {
    fc.assert(
      fc.property(fc.array(hash, { maxLength: 200 }), (people) => {
        const filter = filterOf(new Set(people));
        for (const person of people) expect(mightHold(filter, person)).toBe(true);
      }),
    );
  });

  it('denies nearly everybody else', () => {
    const key = (text: string) => `h_${createHash('sha256').update(text).digest('base64url').slice(0, 22)}`;
    const filter = filterOf(new Set(Array.from({ length: 4000 }, (_, i) => key(`in ${i}`))));
    const wrong = Array.from({ length: 10_000 }, (_, i) => key(`out ${i}`)).filter((person) => mightHold(filter, person));
    expect(wrong.length).toBeLessThan(200);
  });
});
