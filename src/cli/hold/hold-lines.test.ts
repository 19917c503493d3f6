import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SwitchScope, scopeId } from '#contract/documents/switch.ts';
import { parseHoldFile } from '#contract/hold-file.ts';
import { addHold, removeHold } from './hold-lines.ts';

const hubspot: SwitchScope = { type: 'destination', destination: 'hubspot' };
const meta: SwitchScope = { type: 'destination', destination: 'meta' };
const everything: SwitchScope = { type: 'everything' };
const held = (text: string | null): readonly string[] => (text === null ? [] : parseHoldFile(text).holds.map(scopeId));

describe('parking by the hold file', () => {
  it('makes the file, and adds a line to one that is there without touching what a person wrote', () => {
    expect(held(addHold(null, hubspot))).toEqual(['destination:hubspot']);
    const written = '# night shift: ask Ada\nmeta';
    expect(addHold(written, hubspot)).toBe('# night shift: ask Ada\nmeta\ndestination:hubspot\n');
    expect(addHold(written, meta)).toBe(written);
  });

  it('never turns an empty file, which holds everything, into one that holds less', () => {
    for (const text of ['', '\n', '  \n\n']) expect(held(addHold(text, hubspot))).toEqual(['everything', 'destination:hubspot']);
  });
});

describe('opening by the hold file', () => {
  it('removes each line that names the scope, in whatever form, and keeps the others', () => {
    const { text, isRemoved, left } = removeHold('# why\nhubspot\n meta \r\ndestination:hubspot\n', hubspot);
    expect({ text, isRemoved, left }).toEqual({ text: '# why\n meta \r\n', isRemoved: true, left: [meta] });
  });

  it('removes the file with its last line: an empty one would hold everything', () => {
    expect(removeHold('# Sluice holds what is named here\ndestination:hubspot\n', hubspot)).toEqual({
      text: null,
      isRemoved: true,
      left: [],
    });
    expect(removeHold('', everything)).toEqual({ text: null, isRemoved: true, left: [] });
  });

  it('says what is still held', () => {
    expect(removeHold('', hubspot)).toEqual({ text: '', isRemoved: false, left: [everything] });
    expect(removeHold('meta\n', hubspot)).toEqual({ text: 'meta\n', isRemoved: false, left: [meta] });
    expect(removeHold('hubspot\n???\n', hubspot)).toEqual({ text: '???\n', isRemoved: true, left: [everything] });
    expect(removeHold(null, hubspot)).toEqual({ text: null, isRemoved: false, left: [] });
  });

  it('undoes any parking, and nothing else', () => {
    const scope = fc.oneof(
      fc.constantFrom(everything, hubspot, meta),
      fc
        .string({ minLength: 1, maxLength: 20 })
        .filter((event) => event.trim() === event && !/[\r\n]/.test(event))
        .map((event): SwitchScope => ({ type: 'event', event })),
    );
    fc.assert(
      fc.property(fc.array(scope, { maxLength: 6 }), scope, (before, added) => {
        const others = before.filter((each) => scopeId(each) !== scopeId(added));
        const text = others.reduce<string | null>(addHold, null);
        const parked = addHold(text, added);
        expect(held(parked)).toContain(scopeId(added));
        expect(held(removeHold(parked, added).text)).toEqual(held(text));
      }),
    );
  });
});
