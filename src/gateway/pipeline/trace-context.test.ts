import { expect, it } from 'vitest';
import { childOf, isSameTrace, parseTraceparent } from './trace-context.ts';

const header = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

it('reads what the standard allows', () => {
  expect(parseTraceparent(header)).toBe(header);
  expect(parseTraceparent(` ${header} `)).toBe(header);
  expect(parseTraceparent(`cc${header.slice(2)}-what-comes-later`)).toBe(header);
});

it.each([
  undefined,
  '',
  'x',
  header.slice(0, -1),
  `ff${header.slice(2)}`,
  `${header}-more`,
  header.toUpperCase(),
  header.replace('4bf92f3577b34da6a3ce929d0e0e4736', '0'.repeat(32)),
  header.replace('00f067aa0ba902b7', '0'.repeat(16)),
  [header, header],
])('takes %s for no trace at all', (text) => expect(parseTraceparent(text)).toBeNull());

it('hands on the trace with a span of its own', () => {
  const child = childOf(header);
  expect(parseTraceparent(child)).toBe(child);
  expect(isSameTrace(child, header)).toBe(true);
  expect(child.slice(36, 52)).not.toBe(header.slice(36, 52));
  expect(child.endsWith('-01')).toBe(true);
});
