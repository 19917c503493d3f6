import { expect, it } from 'vitest';
import { exposition, label } from './exposition.ts';

it('escapes what labels and help may hold', () => {
  const text = exposition([
    {
      name: 'x_total',
      help: 'a\nb\\',
      type: 'counter',
      samples: [{ labels: label('source', 'a"b\\c\nd'), value: Number.POSITIVE_INFINITY }],
    },
  ]);
  expect(text).toBe('# HELP x_total a\\nb\\\\\n# TYPE x_total counter\nx_total{source="a\\"b\\\\c\\nd"} +Inf\n');
});
