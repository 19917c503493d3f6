import { describe, expect, it } from 'vitest';
import { defineOperation, defineTopic } from './operation.ts';
import { ok } from './result.ts';
import { createService, joinTables } from './service.ts';
import { z } from './zod.ts';

const greet = defineOperation({
  name: 'door.greet',
  title: 'Greet',
  kind: 'query',
  permission: 'viewer',
  input: z.strictObject({ name: z.string() }),
  output: z.strictObject({ text: z.string() }),
});
const rang = defineTopic({
  name: 'bell.rang',
  title: 'Bell',
  permission: 'viewer',
  delivery: 'lossless',
  params: z.strictObject({}),
  item: z.number(),
});
const operations = { 'door.greet': greet };
const topics = { 'bell.rang': rang };
const handlers = { 'door.greet': (input: { name: string }) => ok({ text: `Hello ${input.name}` }) };
const feeds = { 'bell.rang': () => () => {} };

describe('a service', () => {
  it('pairs every operation with its handler and every topic with its feed', () => {
    const service = createService({ operations, handlers, topics, feeds });
    expect([...service.operations.keys()]).toEqual(['door.greet']);
    expect([...service.topics.keys()]).toEqual(['bell.rang']);
  });

  it.each([
    ['a handler is missing', { handlers: {} }, 'operation door.greet has nobody to serve it'],
    ['a feed is missing', { feeds: {} }, 'topic bell.rang has nobody to serve it'],
    ['a handler serves nothing', { handlers: { ...handlers, 'door.slam': () => ok({}) } }, 'there is no operation door.slam to serve'],
    ['a feed serves nothing', { feeds: { ...feeds, 'bell.broke': () => () => {} } }, 'there is no topic bell.broke to serve'],
    ['a handler is inherited only', { handlers: Object.create(handlers) }, 'operation door.greet has nobody to serve it'],
    [
      'an operation is listed under another name',
      { operations: { 'door.open': greet }, handlers },
      'operation door.greet is listed as door.open',
    ],
  ])('does not start when %s', (_, change, message) => {
    // Tables put together at run time escape the compiler; that is what is tried here.
    const table = { operations, handlers, topics, feeds, ...change } as Parameters<typeof createService>[0];
    expect(() => createService(table)).toThrow(message);
  });

  it('is put together from parts, none of which may serve what another serves', () => {
    const joined = joinTables(handlers, feeds);
    expect(Object.keys(joined)).toEqual(['door.greet', 'bell.rang']);
    expect(joined['door.greet']({ name: 'Ada' })).toEqual(ok({ text: 'Hello Ada' }));
    expect(() => joinTables(handlers, feeds, { 'door.greet': () => ok({ text: '' }) })).toThrow('door.greet is served twice');
  });
});
