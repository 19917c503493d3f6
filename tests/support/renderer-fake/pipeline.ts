/** What the made-up gateway answers about plans, redaction, quarantine and people. Plans and rules are tried for real. */
import { consentSchema } from '#contract/documents/consent.ts';
import type { DocumentKind } from '#contract/documents/document.ts';
import { type Plan, planSchema } from '#contract/documents/plan.ts';
import { type RedactionRule, redactionSchema } from '#contract/documents/redaction.ts';
import { appError } from '#contract/errors.ts';
import type { OutputOf } from '#contract/operation.ts';
import type { operations } from '#contract/operations/index.ts';
import { err, ok } from '#contract/result.ts';
import type { Handlers } from '#contract/service.ts';
import { checkEvent } from '#gateway/ingest/check-event.ts';
import { compilePlan, planProblems } from '#gateway/pipeline/plan.ts';
import { compileRedaction, ruleProblem } from '#gateway/pipeline/redact.ts';
import { isEventType } from '#gateway/pipeline/route.ts';
import { createSchemaCompiler } from '#gateway/pipeline/schema-compiler.ts';
import type { World } from './world.ts';

type Names = `plan.${string}` | `redaction.${string}` | `quarantine.${string}` | `consent.${string}` | `suppression.${string}`;
type PipelineHandlers = Pick<Handlers<typeof operations>, Extract<keyof typeof operations, Names>>;
type HeldEvent = OutputOf<(typeof operations)['quarantine.list']>['events'][number];

const minute = 60_000;
const mustBeNumber = { path: '/total', message: 'must be number' };
const noCoupon = { path: '', message: "must have required property 'coupon'" };
const badMail = { path: '/email', message: 'must match format "email"' };

/** Plans, rules, policies: those of a shop on a working day. */
export function seedPipeline(world: World): void {
  const order = {
    type: 'object',
    required: ['total', 'currency'],
    properties: {
      total: { type: 'number', minimum: 0 },
      currency: { enum: ['EUR', 'USD', 'GBP'] },
      coupon: { type: 'string', maxLength: 40 },
      products: {
        type: 'array',
        items: { type: 'object', required: ['sku'], properties: { sku: { type: 'string' }, price: { type: 'number' } } },
      },
    },
  };
  const plan = (mode: Plan['mode'], more: object = {}) =>
    planSchema.parse({
      name: 'Web shop',
      sources: ['web'],
      mode,
      unplanned: 'report',
      events: {
        'Order Completed': { schema: order },
        'Order Refunded': { mode: 'block', schema: { type: 'object', required: ['orderId'], properties: { orderId: { type: 'string' } } } },
        'Product Viewed': { schema: { type: 'object', required: ['sku'], properties: { sku: { type: 'string' } } } },
        identify: { schema: { type: 'object', properties: { email: { type: 'string', format: 'email' } } } },
        ...more,
      },
    });
  world.put('plan', 'web', plan('report'), 'Ana Ruiz', 'first draft');
  world.put('plan', 'web', plan('quarantine'), 'Ana Ruiz', 'counts are calm');
  world.put('plan', 'web', plan('quarantine', { 'Cart Abandoned': { schema: { type: 'object' } } }), 'Mei Lin', '');
  world.put(
    'plan',
    'orders',
    planSchema.parse({ name: 'Order service', sources: ['server'], events: { 'Order Completed': { schema: order } } }),
    'config',
    'configuration file',
  );
  const rules = [
    { id: 'mail', match: { by: 'pattern', pattern: 'email' }, action: 'hash' },
    { id: 'card', match: { by: 'pattern', pattern: 'card' }, action: 'mask', keep: 4 },
    { id: 'phone', match: { by: 'path', path: '$.traits.phone' }, action: 'drop' },
    { id: 'note', match: { by: 'path', path: '$.properties.items[*].note' }, action: 'truncate', keep: 20 },
  ];
  world.put('redaction', 'pii', redactionSchema.parse({ name: 'Personal data', rules }), 'Jon Okafor', '');
  world.put(
    'redaction',
    'support',
    redactionSchema.parse({ name: 'Support texts', sources: ['server'], rules: rules.slice(0, 1) }),
    'Jon Okafor',
    '',
  );
  const consent = (value: object) => consentSchema.parse(value);
  world.put('consent', 'meta-capi', consent({ categories: ['advertising', 'analytics'] }), 'Jon Okafor', '');
  world.put('consent', 'ga4', consent({ categories: ['analytics'], whenUnknown: 'allow' }), 'Jon Okafor', '');
  world.put('consent', 'klaviyo', consent({ categories: ['newsletter', 'advertising'], match: 'any' }), 'Jon Okafor', '');
  const hubspot = world.newest('destination', 'hubspot')?.value;
  if (hubspot)
    world.put(
      'destination',
      'hubspot',
      { ...hubspot, fields: ['$.properties.total', '$.properties.currency', '$.traits.email'] },
      'Mei Lin',
      '',
    );
}

function heldEvents(startedAt: number): readonly HeldEvent[] {
  const masked = {
    type: 'track',
    event: 'Order Completed',
    messageId: 'ajs-next-1763708712-4f9c1e20',
    userId: 'text(9)',
    properties: { total: 'text(5)', currency: 'text(3)', products: [{ sku: 'text(8)', price: 'number' }] },
    context: { library: { name: 'text(12)', version: 'text(5)' } },
  };
  const of = (count: number, firstId: number, event: Partial<HeldEvent> & Pick<HeldEvent, 'name' | 'violations'>) =>
    Array.from(
      { length: count },
      (_, index): HeldEvent => ({
        id: firstId + index,
        source: 'web',
        messageId: `ajs-next-${(1763708712 + index * 37).toString()}-${(firstId + index).toString(16).padStart(8, '4f9c1e20')}`,
        type: 'track',
        receivedAt: startedAt - 190 * minute + index * 9000,
        bytes: 486 + ((index * 37) % 90),
        plan: 'web',
        revision: 3,
        masked: { ...masked, event: event.name },
        ...event,
      }),
    );
  return [
    ...of(214, 1, { name: 'Order Completed', violations: [mustBeNumber] }),
    ...of(31, 300, { name: 'Order Completed', source: 'server', plan: 'orders', revision: 1, violations: [mustBeNumber, noCoupon] }),
    ...of(12, 400, {
      name: 'identify',
      type: 'identify',
      violations: [badMail],
      masked: { type: 'identify', userId: 'text(9)', traits: { email: 'text(11)' } },
    }),
    ...of(3, 500, { name: 'Order Refunded', violations: [{ path: '', message: "must have required property 'orderId'" }] }),
  ];
}

function quarantineHandlers(world: World): Pick<PipelineHandlers, Extract<keyof PipelineHandlers, `quarantine.${string}`>> {
  let held = world.lanes.length === 0 ? [] : heldEvents(world.startedAt);
  const ended = { released: world.lanes.length === 0 ? 0 : 20, discarded: 0, expired: 0 };
  type Choice = {
    ids?: number[] | undefined;
    source?: string | undefined;
    event?: string | undefined;
    plan?: string | undefined;
    violation?: { path: string; message: string } | undefined;
  };
  const isKind = (event: HeldEvent, path: string, message: string) =>
    event.violations.some((each) => each.path === path && each.message === message);
  const fits =
    ({ ids, source, event, plan, violation }: Choice) =>
    (each: HeldEvent) =>
      (ids === undefined || ids.includes(each.id)) &&
      (source === undefined || each.source === source) &&
      (event === undefined || each.name === event) &&
      (plan === undefined || each.plan === plan) &&
      (violation === undefined || isKind(each, violation.path, violation.message));
  const grouped = (keysOf: (event: HeldEvent) => readonly object[]) => {
    const groups = new Map<string, { events: number; oldestAt: number }>();
    for (const event of held)
      for (const key of keysOf(event)) {
        const text = JSON.stringify(key);
        const group = groups.get(text) ?? { events: 0, oldestAt: event.receivedAt };
        groups.set(text, { events: group.events + 1, oldestAt: Math.min(group.oldestAt, event.receivedAt) });
      }
    return [...groups].map(([key, counts]) => ({ ...JSON.parse(key), ...counts })).sort((a, b) => b.events - a.events);
  };
  const keys = {
    event: (event: HeldEvent) => [{ source: event.source, event: event.name }],
    plan: (event: HeldEvent) => [{ plan: event.plan }],
    violation: (event: HeldEvent) => event.violations.map((violation) => ({ violation })),
  };
  const bytes = () => held.reduce((sum, event) => sum + event.bytes, 0);
  return {
    'quarantine.list': ({ by, afterId, limit, ...choice }) =>
      ok({
        totals: {
          quarantined: held.length + ended.released + ended.discarded + ended.expired,
          held: held.length,
          bytes: bytes(),
          ...ended,
        },
        groups: grouped(keys[by]),
        events: held
          .filter(fits(choice))
          .filter(({ id }) => id > afterId)
          .slice(0, limit),
      }),
    'quarantine.release': ({ dryRun, limit, ...choice }) => {
      const chosen = held.filter(fits(choice)).slice(0, limit);
      // Two in three fit today's plan.
      const released = chosen.filter(({ id }) => id % 3 !== 0);
      if (!dryRun) {
        held = held.filter((event) => !released.includes(event));
        ended.released += released.length;
      }
      return ok({ released: released.length, duplicate: 0, kept: chosen.length - released.length, failed: 0 });
    },
    'quarantine.discard': ({ dryRun, ...choice }) => {
      const chosen = held.filter(fits(choice));
      if (!dryRun) {
        held = held.filter((event) => !chosen.includes(event));
        ended.discarded += chosen.length;
      }
      return ok({ discarded: chosen.length });
    },
  };
}

function violationsOf(world: World): OutputOf<(typeof operations)['plan.violations']>['violations'] {
  if (world.lanes.length === 0) return [];
  const { startedAt } = world;
  const one = { revision: 3, source: 'web', firstAt: startedAt - 180 * minute, lastAt: startedAt - 2 * minute };
  return [
    { ...one, plan: 'web', event: 'Order Completed', mode: 'quarantine', events: 214, kinds: [{ ...mustBeNumber, events: 214 }] },
    {
      ...one,
      plan: 'web',
      event: 'Order Refunded',
      mode: 'block',
      events: 17,
      kinds: [{ path: '/orderId', message: 'must be string', events: 17 }],
    },
    { ...one, plan: 'web', event: 'identify', mode: 'quarantine', events: 12, kinds: [{ ...badMail, events: 12 }] },
    {
      ...one,
      plan: 'orders',
      revision: 1,
      source: 'server',
      event: 'Order Completed',
      mode: 'report',
      events: 3120,
      kinds: [
        { ...mustBeNumber, events: 3120 },
        { ...noCoupon, events: 31 },
      ],
    },
  ];
}

export function pipelineHandlers(world: World): PipelineHandlers {
  const schemas = createSchemaCompiler();
  const changed = (revision: number) => ok({ revision });
  const put = (
    kind: DocumentKind,
    input: { readonly id: string; readonly value: unknown; readonly dryRun: boolean; readonly reason?: string | undefined },
  ) =>
    input.dryRun
      ? changed((world.newest(kind, input.id)?.revision ?? 0) + 1)
      : changed(world.put(kind, input.id, input.value, 'operator', input.reason ?? '').revision);
  const remove =
    (kind: 'plan' | 'redaction' | 'consent') =>
    (input: { readonly id: string; readonly dryRun: boolean; readonly reason?: string | undefined }) =>
      put(kind, { ...input, value: null });
  const hash = (text: string) => `h_${Buffer.from(text).toString('base64url').slice(0, 22).padEnd(22, 'x')}`;
  const invalid = (issues: readonly { readonly path: string; readonly message: string }[]) =>
    err(appError('INPUT_INVALID', { issues: issues.map(({ path, message }) => ({ path: `value.${path}`, message })) }));
  const problemsOf = (rules: readonly RedactionRule[]) =>
    rules.flatMap((rule, index) => {
      const message = ruleProblem(rule);
      return message === null ? [] : [{ path: `rules.${index}.match.path`, message }];
    });
  const people = createPeople(world, hash);
  return {
    ...quarantineHandlers(world),
    ...people,
    'plan.put': (input) => {
      const problems = planProblems(input.value, schemas);
      return problems.length > 0 ? invalid(problems) : put('plan', input);
    },
    'plan.remove': remove('plan'),
    'plan.test': ({ id, value, event }) => {
      const plan = value ?? planSchema.parse(world.newest('plan', id)?.value);
      const problems = planProblems(plan, schemas);
      if (problems.length > 0) return invalid(problems);
      const checked = checkEvent(event, isEventType(event.type) ? null : 'track');
      if (!checked.ok) return err(checked.error);
      const { verdict, violations } = compilePlan({ id, revision: 0, value: plan }, schemas).check(checked.json, checked.type);
      return ok({ verdict, violations: [...violations] });
    },
    'plan.violations': ({ plan }) =>
      ok({
        since: world.startedAt - 180 * minute,
        violations: violationsOf(world).filter((each) => plan === undefined || each.plan === plan),
      }),
    'redaction.put': (input) => {
      const problems = problemsOf(input.value.rules);
      return problems.length > 0 ? invalid(problems) : put('redaction', input);
    },
    'redaction.remove': remove('redaction'),
    'redaction.test': ({ value, event }) => {
      const problems = problemsOf(value?.rules ?? []);
      if (problems.length > 0) return invalid(problems);
      const all = [...world.documents.values()]
        .flatMap((revisions) => revisions.slice(-1))
        .filter((document) => document.kind === 'redaction' && document.value !== null);
      const entries =
        value === undefined
          ? all.map((document) => ({ id: document.id, value: redactionSchema.parse(document.value) }))
          : [{ id: 'test', value }];
      const { json, rules } = compileRedaction(entries, hash)?.redact(event) ?? { json: event, rules: [] };
      return ok({ event: { ...json }, rules: [...rules] });
    },
    'consent.put': (input) => put('consent', input),
    'consent.remove': remove('consent'),
  };
}

function createPeople(
  world: World,
  hash: (text: string) => string,
): Pick<PipelineHandlers, Extract<keyof PipelineHandlers, `suppression.${string}` | 'consent.set' | 'consent.read'>> {
  const choices = new Map<string, Record<string, { granted: boolean; at: number }>>();
  const suppressed = new Map<string, { kind: 'opt-out' | 'deletion'; at: number }>();
  if (world.lanes.length > 0) {
    choices.set(hash('ana@example.com'), {
      advertising: { granted: false, at: world.startedAt - 40 * minute },
      analytics: { granted: true, at: world.startedAt - 4000 * minute },
    });
    for (let index = 0; index < 23; index++)
      suppressed.set(hash(`person ${index * 7919} of the list`), {
        kind: index % 4 === 0 ? 'deletion' : 'opt-out',
        at: world.startedAt - index * 700 * minute,
      });
  }
  return {
    'consent.set': ({ person, categories }) => {
      const known = choices.get(hash(person)) ?? {};
      const now = Object.fromEntries(Object.entries(categories).map(([category, granted]) => [category, { granted, at: Date.now() }]));
      choices.set(hash(person), { ...known, ...now });
      return ok({ person: hash(person) });
    },
    'consent.read': ({ person }) => {
      const known = choices.get(hash(person)) ?? {};
      const policies = [...world.documents.values()]
        .flatMap((revisions) => revisions.slice(-1))
        .filter((document) => document.kind === 'consent' && document.value !== null);
      const destinations = policies.map((document) => {
        const policy = consentSchema.parse(document.value);
        const allowed = policy.categories.map((category) => known[category]?.granted ?? policy.whenUnknown === 'allow');
        return { destination: document.id, isAllowed: policy.match === 'all' ? allowed.every(Boolean) : allowed.some(Boolean) };
      });
      return ok({ person: hash(person), categories: known, suppressed: suppressed.get(hash(person))?.kind ?? null, destinations });
    },
    'suppression.add': ({ people, kind }) => {
      for (const person of people) suppressed.set(hash(person), { kind, at: Date.now() });
      return ok({ added: people.length });
    },
    'suppression.remove': ({ person }) => ok({ removed: suppressed.delete(hash(person)) ? 1 : 0 }),
    'suppression.list': ({ after, limit }) => {
      const all = [...suppressed].map(([person, rest]) => ({ person, ...rest })).sort((a, b) => a.person.localeCompare(b.person));
      return ok({ total: all.length, people: all.filter(({ person }) => person > after).slice(0, limit) });
    },
  };
}
