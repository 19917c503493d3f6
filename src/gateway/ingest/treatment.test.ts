import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planSchema } from '#contract/documents/plan.ts';
import { redactionSchema } from '#contract/documents/redaction.ts';
import { appError } from '#contract/errors.ts';
import { err, ok } from '#contract/result.ts';
import { compilePlan } from '#gateway/pipeline/plan.ts';
import { provenanceIn } from '#gateway/pipeline/provenance.ts';
import { compileRedaction } from '#gateway/pipeline/redact.ts';
import { createSchemaCompiler } from '#gateway/pipeline/schema-compiler.ts';
import { createViolationBook } from '#gateway/quarantine/violation-book.ts';
import type { Quarantined } from './accept.ts';
import { type FrontDoorOptions, NOW, openFrontDoor, track } from './testing/front-door.ts';
import { createTreatment, type PeopleAtIngest, type TreatmentParts } from './treatment.ts';

const schema = { type: 'object', required: ['total'], properties: { total: { type: 'number' } } };
const planOf = (mode: string) =>
  compilePlan(
    { id: 'web', revision: 2, value: planSchema.parse({ name: 'Web', mode, events: { 'Order Completed': { schema } } }) },
    createSchemaCompiler(),
  );
const redactor = compileRedaction(
  [
    {
      id: 'pii',
      value: redactionSchema.parse({
        name: 'PII',
        rules: [
          { id: 'mail', match: { by: 'pattern', pattern: 'email' }, action: 'mask' },
          { id: 'ip', match: { by: 'path', path: '$.context.ip' }, action: 'drop' },
        ],
      }),
    },
  ],
  (text) => `h_${text.length}`,
);

async function open(parts: Partial<TreatmentParts>, more: FrontDoorOptions = {}) {
  const violations = createViolationBook(() => NOW);
  const apart: Quarantined[] = [];
  const quarantine: FrontDoorOptions['quarantine'] = async (_source, _receivedAt, events) => {
    const known = new Set(apart.map(({ messageId }) => messageId));
    const fresh = events.filter(({ messageId }) => !known.has(messageId));
    apart.push(...fresh);
    return ok({ stored: fresh.length, duplicate: events.length - fresh.length });
  };
  const treatment = createTreatment({ source: 'web', redactor: null, plan: null, people: null, violations, ...parts });
  const door = await openFrontDoor({ treatmentOf: (source) => (source === 'web' ? treatment : null), quarantine, ...more });
  const bodies = () => door.appended.map(({ body }) => JSON.parse(Buffer.from(body).toString()));
  return { ...door, violations, apart, bodies };
}
const bad = (messageId = 'bad') => track({ messageId, properties: { total: 'much' } });

describe('a source without plan, redaction or consent', () => {
  it('has no treatment at all, and its bodies are stored as they came', async () => {
    expect(
      createTreatment({ source: 'web', redactor: null, plan: null, people: null, violations: createViolationBook(() => 0) }),
    ).toBeNull();
    const door = await open({});
    const body = `{ "messageId":"m" ,"userId":"u", "event":"Order","properties":{}}`;
    await door.send('/v1/track', body);
    expect(Buffer.from(door.appended[0]!.body).toString()).toBe(body);
  });

  it('does not believe provenance that a sender wrote', async () => {
    const door = await open({});
    await door.send('/v1/track', track({ sluice: { suppressed: 'deletion' } }));
    await door.send('/v1/batch', { batch: [track({ messageId: 'b', sluice: { schema: 'x@1' } })], sluice: { schema: 'y@1' } });
    expect(door.appended.map(({ events }) => events[0]?.event.provenance)).toEqual([undefined, undefined]);
    const [single, batch] = door.bodies();
    expect(provenanceIn(single, -1)).toBeUndefined();
    expect(provenanceIn(batch, 0)).toBeUndefined();
  });
});

describe('a tracking plan at ingest', () => {
  it('lets a violation through in mode report, counts it by event and schema version, and says so on the event', async () => {
    const door = await open({ plan: planOf('report') });
    for (const event of [track(), bad('b1'), bad('b2')]) expect((await door.send('/v1/track', event)).status).toBe(200);
    expect(door.counts('web')).toMatchObject({ accepted: 3, quarantined: 0 });
    expect(door.violations.read({})).toMatchObject([
      {
        plan: 'web',
        revision: 2,
        source: 'web',
        event: 'Order Completed',
        mode: 'report',
        events: 2,
        kinds: [{ path: '/total', message: 'must be number', events: 2 }],
      },
    ]);
    expect(door.bodies().map((body) => provenanceIn(body, -1))).toEqual([
      { schema: 'web@2' },
      { schema: 'web@2', violations: 1 },
      { schema: 'web@2', violations: 1 },
    ]);
    expect(door.appended[0]?.events[0]?.event.provenance).toEqual({ schema: 'web@2' });
  });

  it('answers 400 with the violations in mode block', async () => {
    const door = await open({ plan: planOf('block') });
    const answer = await door.send('/v1/track', bad());
    expect(answer).toMatchObject({
      status: 400,
      json: {
        error: {
          code: 'INGEST_PLAN_VIOLATED',
          details: { plan: 'web', revision: 2, violations: [{ path: '/total', message: 'must be number' }] },
        },
      },
    });
    const batch = await door.send('/v1/batch', { batch: [bad('b1'), track({ messageId: 'good' })] });
    expect(batch).toMatchObject({ status: 200, json: { accepted: 1, rejected: 1, errors: [{ index: 0, code: 'INGEST_PLAN_VIOLATED' }] } });
    expect(door.counts('web')).toMatchObject({ received: 3, accepted: 1, malformed: 2 });
  });

  it('keeps a violation apart in mode quarantine, and acknowledges it', async () => {
    const door = await open({ plan: planOf('quarantine') });
    expect(await door.send('/v1/track', bad())).toMatchObject({ status: 200, json: { success: true, accepted: 0, quarantined: 1 } });
    const shared = { context: { ip: '1.2.3.4' }, sentAt: '2026-11-20T11:59:00.000Z' };
    const batch = await door.send('/v1/batch', { batch: [bad('b1'), track({ messageId: 'good' }), {}], ...shared });
    expect(batch).toMatchObject({ status: 200, json: { accepted: 1, quarantined: 1, rejected: 1 } });
    expect(door.counts('web')).toMatchObject({ received: 4, accepted: 1, quarantined: 2, malformed: 1 });
    expect(door.bodies()).toMatchObject([{ batch: [{ messageId: 'good' }] }]);
    expect(JSON.parse(door.apart[1]!.body.toString())).toMatchObject({
      type: 'track',
      messageId: 'b1',
      properties: { total: 'much' },
      ...shared,
    });
    expect(door.apart[1]).toMatchObject({ plan: 'web', revision: 2, violations: [{ path: '/total' }] });
  });

  it('counts an event that is sent to the quarantine again as a duplicate', async () => {
    const door = await open({ plan: planOf('quarantine') });
    for (let sent = 0; sent < 2; sent++) expect((await door.send('/v1/track', bad())).status).toBe(200);
    expect(door.counts('web')).toMatchObject({ received: 2, quarantined: 1, duplicate: 1 });
  });

  it('answers 503 where the quarantine cannot store, so that the sender keeps the event', async () => {
    const door = await open({ plan: planOf('quarantine') }, { quarantine: async () => err(appError('INGEST_DISK_FULL')) });
    expect((await door.send('/v1/batch', { batch: [bad(), track({ messageId: 'good' })] })).status).toBe(503);
    expect(door.counts('web')).toMatchObject({ received: 2, accepted: 1, refused: 1 });
  });

  it('gives every event exactly one fate, whatever the mixture (S1)', async () => {
    const door = await open({ plan: planOf('quarantine') });
    const one = fc.constantFrom('good', 'bad', 'broken');
    let id = 0;
    let sent = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(one, { minLength: 1, maxLength: 6 }), async (kinds) => {
        sent += kinds.length;
        await door.send('/v1/batch', {
          batch: kinds.map((kind) =>
            kind === 'broken' ? { type: 'track' } : kind === 'bad' ? bad(`m${id++ % 20}`) : track({ messageId: `g${id++ % 20}` }),
          ),
        });
        const { received, accepted, duplicate, malformed, quarantined } = door.counts('web');
        expect(received).toBe(sent);
        expect(received).toBe(accepted + duplicate + malformed + quarantined);
        expect(quarantined).toBe(door.apart.length);
      }),
      { numRuns: 60 },
    );
  });
});

describe('redaction at ingest', () => {
  it('happens before anything is stored: in the log, in a batch’s shared context, in the quarantine', async () => {
    const door = await open({ redactor, plan: planOf('quarantine') });
    await door.send('/v1/track', track({ userId: 'ana@shop.example', context: { ip: '1.2.3.4', note: 'to ana@shop.example' } }));
    await door.send('/v1/batch', {
      batch: [track({ messageId: 'b' }), bad('apart')],
      context: { ip: '1.2.3.4', mail: 'ana@shop.example' },
    });
    const everything = JSON.stringify([door.bodies(), door.apart.map(({ body }) => body.toString())]);
    expect(everything).not.toContain('1.2.3.4');
    expect(everything).not.toContain('ana@');
    expect(provenanceIn(door.bodies()[0], -1)).toEqual({ schema: 'web@2', rules: ['pii/mail', 'pii/ip'] });
    expect(door.appended[0]?.events[0]?.event).toMatchObject({ userId: 'h_16', context: { note: 'to ***' } });
    expect(door.appended[1]?.events[0]?.event.context).toEqual({ mail: '***' });
  });

  it('stores what no rule touches as it came', async () => {
    const door = await open({ redactor });
    const body = JSON.stringify(track());
    await door.send('/v1/track', body);
    expect(Buffer.from(door.appended[0]!.body).toString()).toBe(body);
  });
});

describe('people at ingest', () => {
  const people = (more: Partial<PeopleAtIngest> = {}): PeopleAtIngest => ({ suppressionOf: () => null, learn: () => false, ...more });

  it('keeps nothing of a suppressed person but that there was an event', async () => {
    const door = await open({
      people: people({ suppressionOf: (ids) => (ids.includes('ana') ? 'deletion' : null) }),
      plan: planOf('block'),
    });
    const private_ = { userId: 'ana', anonymousId: 'a-1', properties: { mail: 'x' }, context: { ip: '1.2.3.4' } };
    await door.send('/v1/track', track(private_));
    await door.send('/v1/batch', { batch: [track({ ...private_, messageId: 'b' })], context: { device: 'hers' } });
    await door.send('/v1/batch', {
      batch: [track({ ...private_, messageId: 'c' }), track({ messageId: 'd' })],
      context: { device: 'shared' },
    });
    const [single, alone, mixed] = door.bodies();
    expect(single).toEqual({ type: 'track', messageId: 'm-1', event: 'Order Completed', sluice: { suppressed: 'deletion' } });
    expect(alone).toEqual({ batch: [{ type: 'track', messageId: 'b', event: 'Order Completed' }], sluice: { suppressed: 'deletion' } });
    expect(provenanceIn(mixed, 0)).toEqual({ suppressed: 'deletion' });
    expect(provenanceIn(mixed, 1)).toEqual({ schema: 'web@2' });
    expect(door.counts('web')).toMatchObject({ received: 4, accepted: 4 });
  });

  it('learns what a person chooses, by the time at which it was chosen, and answers once that is durable', async () => {
    const learned: unknown[] = [];
    const order: string[] = [];
    const door = await open(
      { people: people({ learn: (ids, preferences, at) => learned.push([ids, preferences, at]) > 0 }) },
      {
        learned: async () => {
          await new Promise((resolve) => setImmediate(resolve));
          order.push('durable');
          return ok(undefined);
        },
      },
    );
    const consent = { consent: { categoryPreferences: { ads: false } } };
    await door.send('/v1/track', track({ anonymousId: 'a', context: consent, timestamp: new Date(NOW - 5000).toISOString() }));
    order.push('answered');
    await door.send('/v1/batch', {
      batch: [track({ messageId: 'b', timestamp: new Date(NOW + 3_600_000).toISOString() })],
      context: consent,
    });
    expect(learned).toEqual([
      [['u-1', 'a'], { ads: false }, NOW - 5000],
      [['u-1'], { ads: false }, NOW],
    ]);
    expect(order.slice(0, 2)).toEqual(['durable', 'answered']);
    expect(door.counts('web')).toMatchObject({ accepted: 2 });
  });

  it('answers 503 where a choice cannot be stored', async () => {
    const door = await open({ people: people({ learn: () => true }) }, { learned: async () => err(appError('CONTROL_STORE_FAILED')) });
    expect((await door.send('/v1/track', track({ context: { consent: { categoryPreferences: { ads: false } } } }))).status).toBe(503);
  });
});

describe('a trace', () => {
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

  it('is kept with every event of a request that brings one, and only then', async () => {
    const door = await open({});
    await door.send('/v1/track', track(), { headers: { traceparent } });
    await door.send('/v1/batch', { batch: [track({ messageId: 'a' }), track({ messageId: 'b' })] }, { headers: { traceparent } });
    await door.send('/v1/track', track({ messageId: 'c' }), { headers: { traceparent: 'no trace' } });
    expect(door.appended.flatMap(({ events }) => events.map(({ event }) => event.provenance?.trace))).toEqual([
      traceparent,
      traceparent,
      traceparent,
      undefined,
    ]);
    expect(door.bodies().map((body) => provenanceIn(body, 0)?.trace)).toEqual([traceparent, traceparent, undefined]);
    expect(door.bodies()[1].sluice).toEqual({ trace: traceparent });
  });
});
