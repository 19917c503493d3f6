import { expect, it } from 'vitest';
import { toCsv } from './csv.ts';

it('writes what is in sight, with empty cells for no data and no formula in the head', () => {
  const frame = { at: [1000, 2000, 3000], columns: [[1, Number.NaN, 2.71849]], from: 0, to: 3, stepMs: 1000 };
  expect(toCsv(frame, ['=p95, "ms"'], frame.columns, 2000)).toBe(
    'time,"\'=p95, ""ms"""\r\n1970-01-01T00:00:02.000Z,\r\n1970-01-01T00:00:03.000Z,2.718\r\n',
  );
});
