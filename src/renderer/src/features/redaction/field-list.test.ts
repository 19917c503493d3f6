import { expect, it } from 'vitest';
import { readFields } from './field-list.ts';

it('takes one path a line, each once, and says which line is none', () => {
  expect(readFields(' $.properties.total\n\n$.properties.total\n$.context.page')).toEqual({
    fields: ['$.properties.total', '$.context.page'],
    problems: [],
  });
  expect(readFields('$.properties.total\n$..secret\ntotal')).toMatchObject({ fields: null, problems: [{ line: 2 }, { line: 3 }] });
  expect(readFields('')).toEqual({ fields: [], problems: [] });
});
