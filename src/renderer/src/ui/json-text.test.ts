import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inkOf, nearestLine, readJson, writeJson } from './json-text.ts';

const problemOf = (text: string) => {
  const read = readJson(text);
  return read.ok ? null : `${read.problem.line}:${read.problem.column} ${read.problem.message}`;
};

describe('JSON as it is typed', () => {
  it.each([
    ['{\n  "a": 1\n  "b": 2\n}', '2:9 a comma is missing after this'],
    ['{\n  "a": 1,\n}', '2:9 nothing follows this comma: take it away'],
    ['{ total: 5 }', '1:3 a name stands in double quotes: "total"'],
    ["{ 'total': 5 }", '1:3 a name in double quotes is missing here'],
    ['{ "a": \'x\' }', '1:8 text stands in double quotes: "…"'],
    ['{ "a": nul }', '1:8 nul is no value: text stands in double quotes'],
    ['{ "a": 01 }', '1:8 01 is no number as JSON writes them'],
    ['{ "a": 1.2.3 }', '1:8 1.2.3 is no number as JSON writes them'],
    ['{ "a" 1 }', '1:7 a colon is missing after "a"'],
    ['{ "a": }', '1:8 a value is missing before }'],
    ['{\n  "a": {\n    "b": 1\n', '3:11 the { of line 2 is not closed: } is missing'],
    ['{ "a": "x\n}', '1:8 this text is not closed: a double quote is missing at its end'],
    ['{ "a": "\\q" }', '1:8 this text holds a backslash that means nothing; write \\\\ for one'],
    ['{} {}', '1:4 nothing may follow the value'],
    ['', '1:1 something is missing here: the text ends'],
    ['[1, 2', '1:6 the [ of line 1 is not closed: ] is missing'],
  ])('says of %j where and what', (text, expected) => {
    expect(problemOf(text)).toBe(expected);
  });

  it('knows the line of each part', () => {
    const read = readJson('{\n  "properties": {\n    "a/b": [\n      1,\n      { "c": 2 }\n    ]\n  }\n}');
    if (!read.ok) throw new Error(read.problem.message);
    expect(read.lineOf.get('/properties/a~1b/1/c')).toBe(5);
    expect(nearestLine(read.lineOf, '/properties/missing/deep')).toBe(2);
    expect(nearestLine(read.lineOf, '')).toBe(1);
  });

  it('takes what JSON takes, and nothing else', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        const read = readJson(text);
        expect(read.ok && read.value).toEqual(JSON.parse(text));
      }),
    );
    const isJson = (text: string) => {
      try {
        JSON.parse(text);
        return true;
      } catch {
        return false;
      }
    };
    fc.assert(
      fc.property(fc.json({ maxDepth: 3 }), fc.nat(), fc.constantFrom('', ',', '"', '}', ' ', 'x', '\\', '\n', '0'), (text, at, put) => {
        const cut = at % (text.length + 1);
        const changed = text.slice(0, cut) + put + text.slice(cut + 1);
        expect(readJson(changed).ok).toBe(isJson(changed));
      }),
      { numRuns: 500 },
    );
  });

  it('colours every character of a line once', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), (text) => {
        for (const line of writeJson(JSON.parse(text)).split('\n'))
          expect(
            inkOf(line)
              .map((part) => part.text)
              .join(''),
          ).toBe(line);
      }),
    );
    expect(inkOf('  "a": [1, "b", true]').map(({ kind }) => kind)).toEqual([
      'other',
      'name',
      'mark',
      'other',
      'mark',
      'number',
      'mark',
      'other',
      'text',
      'mark',
      'other',
      'word',
      'mark',
    ]);
  });
});
