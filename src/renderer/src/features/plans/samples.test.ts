import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { eventFor, plannedPart, schemaFrom, valueFor } from './samples.ts';

const order = { total: 12.5, currency: 'EUR', isGift: false, products: [{ sku: 'a', price: 3 }], note: null };

/** Violations, by the library with which the gateway finds them. */
function check(schema: object, value: unknown) {
  const ajv = new Ajv2020({ strict: false, allErrors: true, formats: { email: /^\S+@\S+$/ } });
  const isValid = ajv.validate(schema, value);
  return isValid ? [] : (ajv.errors ?? []).map(({ instancePath }) => ({ path: instancePath }));
}

describe('samples', () => {
  it('draw a schema from an event, which that event fits and a lesser one does not', () => {
    const schema = schemaFrom(order);
    expect(check(schema, order)).toEqual([]);
    expect(check(schema, { ...order, total: '12.50' })).toMatchObject([{ path: '/total' }]);
    expect(check(schema, {})).not.toEqual([]);
  });

  it('make an event that fits its schema', () => {
    const schema = {
      type: 'object',
      required: ['id', 'mail'],
      properties: {
        id: { type: 'string', minLength: 12 },
        mail: { type: 'string', format: 'email' },
        currency: { enum: ['EUR', 'USD'] },
        total: { type: 'number', minimum: 5 },
        items: { type: 'array', items: schemaFrom(order) },
      },
    };
    expect(check(schema, valueFor(schema))).toEqual([]);
    expect(check(schema, plannedPart(eventFor('Order', schema)))).toEqual([]);
    expect(check(schema, plannedPart(eventFor('identify', schema)))).toEqual([]);
  });

  it('end where a schema has no end', () => {
    const deep = { type: 'object', properties: {} as Record<string, unknown> };
    deep.properties.self = deep;
    expect(JSON.stringify(valueFor(deep)).length).toBeLessThan(400);
  });
});
