import { describe, expect, it } from 'vitest';
import { type Plan, planSchema } from '#contract/documents/plan.ts';
import { compilePlan, planOf, planProblems } from './plan.ts';
import { createSchemaCompiler } from './schema-compiler.ts';

const order = {
  type: 'object',
  required: ['total'],
  properties: { total: { type: 'number', minimum: 0 }, mail: { type: 'string', format: 'email' } },
  additionalProperties: false,
};
const planOfEvents = (events: unknown, more: object = {}): Plan => planSchema.parse({ name: 'Web', events, ...more });

function checking(plan: Plan) {
  return compilePlan({ id: 'web', revision: 3, value: plan }, createSchemaCompiler());
}
const track = (properties: object, event = 'Order Completed') => ({ type: 'track', event, properties });

describe('a tracking plan', () => {
  it('lets a valid event pass, and says what is wrong with another without quoting it', () => {
    const plan = checking(planOfEvents({ 'Order Completed': { schema: order } }));
    expect(plan.version).toBe('web@3');
    expect(plan.check(track({ total: 5, mail: 'a@b.co' }), 'track')).toEqual({ verdict: 'valid', violations: [] });
    const { verdict, violations } = plan.check(track({ total: -1, mail: 'secret value', extra: 1 }), 'track');
    expect(verdict).toBe('report');
    expect(violations).toEqual([
      { path: '', message: 'must not have extra' },
      { path: '/total', message: 'must be >= 0' },
      { path: '/mail', message: 'must match format "email"' },
    ]);
    expect(JSON.stringify(violations)).not.toContain('secret');
  });

  it('checks the traits of an identify, and takes missing or misshapen properties for empty', () => {
    const plan = checking(planOfEvents({ identify: { schema: { required: ['plan'] } }, Order: { schema: order } }));
    expect(plan.check({ type: 'identify', traits: { plan: 'pro' } }, 'identify').verdict).toBe('valid');
    expect(plan.check({ type: 'identify', properties: { plan: 'pro' } }, 'identify').verdict).toBe('report');
    expect(plan.check({ type: 'track', event: 'Order' }, 'track').violations).toEqual([
      { path: '', message: "must have required property 'total'" },
    ]);
    expect(plan.check({ type: 'track', event: 'Order', properties: null }, 'track').verdict).toBe('report');
  });

  it('takes the mode of the event before that of the plan, and one for what it does not name', () => {
    const events = { Order: { schema: order, mode: 'block' }, Refund: { schema: order } };
    const plan = checking(planOfEvents(events, { mode: 'quarantine', unplanned: 'report' }));
    expect(plan.check(track({}, 'Order'), 'track').verdict).toBe('block');
    expect(plan.check(track({}, 'Refund'), 'track').verdict).toBe('quarantine');
    expect(plan.check(track({}, 'Other'), 'track')).toEqual({
      verdict: 'report',
      violations: [{ path: '', message: 'the plan has no such event' }],
    });
    expect(checking(planOfEvents(events)).check(track({}, 'constructor'), 'track').verdict).toBe('unplanned');
  });

  it('belongs to the sources that it names, or to all that no other names', () => {
    const named = { id: 'b', revision: 1, value: planOfEvents({}, { sources: ['web'] }) };
    const open = { id: 'a', revision: 1, value: planOfEvents({}) };
    expect(planOf('web', [open, named])).toBe(named);
    expect(planOf('till', [open, named])).toBe(open);
    expect(planOf('till', [named])).toBeNull();
  });

  it.each([
    ['a misspelt keyword', { requird: ['a'] }, 'requird'],
    ['an unknown format', { properties: { a: { type: 'string', format: 'phone' } } }, 'phone'],
    ['a reference to elsewhere', { $ref: 'https://elsewhere.example/schema.json' }, 'elsewhere.example'],
    ['an impossible type', { type: 'strng' }, 'type'],
    ['a broken pattern', { properties: { a: { type: 'string', pattern: '(' } } }, 'regular expression'],
    ['an asynchronous schema', { properties: { a: { $async: true } } }, '$async'],
  ])('names what is wrong with %s', (_, schema, part) => {
    const problems = planProblems(planOfEvents({ Order: { schema } }), createSchemaCompiler());
    expect(problems[0]?.path).toBe('events.Order.schema');
    expect(problems[0]?.message).toContain(part);
  });

  it('understands both dialects', () => {
    const tuple = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      properties: { a: { type: 'array', prefixItems: [{ type: 'number' }], items: false } },
    };
    const plan = checking(
      planOfEvents({
        Order: { schema: tuple },
        Old: { schema: { definitions: { n: { type: 'number' } }, properties: { a: { $ref: '#/definitions/n' } } } },
      }),
    );
    expect(plan.check(track({ a: [1] }, 'Order'), 'track').verdict).toBe('valid');
    expect(plan.check(track({ a: ['x'] }, 'Order'), 'track').verdict).toBe('report');
    expect(plan.check(track({ a: 'x' }, 'Old'), 'track').verdict).toBe('report');
  });

  it('knows dates, times, ids and addresses by their formats', () => {
    const formats = ['date', 'time', 'date-time', 'uuid', 'ipv4', 'email', 'uri'];
    const plan = checking(
      planOfEvents({
        Order: { schema: { properties: Object.fromEntries(formats.map((format) => [format, { type: 'string', format }])) } },
      }),
    );
    const good = {
      date: '2026-11-20',
      time: '12:00:00Z',
      'date-time': '2026-11-20T12:00:00.5+01:00',
      uuid: '5f0c7b1e-0000-4000-8000-000000000000',
      ipv4: '127.0.0.1',
      email: 'a@b.co',
      uri: 'https://x.example/',
    };
    const bad = { date: '2026-13-20', time: '25:00:00Z', 'date-time': '2026-11-20', uuid: 'x', ipv4: '1.2.3', email: 'a@b', uri: '//x' };
    expect(plan.check(track(good, 'Order'), 'track').verdict).toBe('valid');
    expect(plan.check(track(bad, 'Order'), 'track').violations).toHaveLength(formats.length);
  });

  it('compiles a schema once, and forgets those that no plan has any more', () => {
    const compiler = createSchemaCompiler();
    const first = compiler.compile(order);
    expect(compiler.compile(structuredClone(order))).toBe(first);
    compiler.sweep();
    compiler.sweep();
    expect(compiler.compile(order)).not.toBe(first);
  });
});
