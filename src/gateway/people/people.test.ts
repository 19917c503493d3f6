import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { consentSchema } from '#contract/documents/consent.ts';
import { toGatewayEvent } from '#gateway/pipeline/to-event.ts';
import { openPeople, type People } from './people.ts';
import { choose, nobody } from './person.ts';
import { createSendGate } from './send-gate.ts';

let folder: string;
let people: People;
const file = () => join(folder, 'people.db');
function open(): People {
  const opened = openPeople(file());
  if (!opened.ok) throw new Error(opened.error.code);
  return opened.value;
}
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-people-'));
  people = open();
});
afterEach(async () => {
  await people.close();
  rmSync(folder, { recursive: true, force: true });
});
async function reopen(): Promise<void> {
  await people.close();
  people = open();
}

describe('what is known of people', () => {
  it('is in force at once, durable when it says so, and there after a restart', async () => {
    expect(people.choose(['u1', 'a1'], { ads: true, stats: false }, 10)).toBe(true);
    expect(people.of('a1').preferences).toEqual({ ads: true, stats: false });
    expect(people.suppress(['u2'], 'deletion', 20)).toBe(1);
    expect(await people.durable()).toEqual({ ok: true, value: undefined });
    const hash = people.hash('u1');
    await reopen();
    expect(people.of('u1').preferences).toEqual({ ads: true, stats: false });
    expect(people.of('u2').suppressed).toEqual({ kind: 'deletion', at: 20 });
    expect(people.hash('u1')).toBe(hash);
    expect(people.everSuppressed).toBe(true);
  });

  it('holds no id, and cannot be read by others', async () => {
    people.choose(['ana@shop.example'], { ads: true }, 1);
    await people.close();
    const bytes = await import('node:fs/promises').then(({ readFile }) => readFile(file()));
    expect(bytes.includes('ana@shop')).toBe(false);
    expect(statSync(file()).mode & 0o077).toBe(0);
    people = open();
  });

  it('takes the hash that redaction made of an id for the same person', () => {
    people.suppress(['ana'], 'opt-out', 1);
    expect(people.of(people.hash('ana')).suppressed?.kind).toBe('opt-out');
  });

  it('never lets an older choice overrule a newer one, and of two at once takes the no', () => {
    people.choose(['u'], { ads: false }, 10);
    expect(people.choose(['u'], { ads: true }, 5)).toBe(false);
    expect(people.choose(['u'], { ads: true }, 10)).toBe(false);
    expect(people.of('u').preferences).toEqual({ ads: false });
    expect(people.choose(['u'], { ads: true }, 11)).toBe(true);
    expect(people.choose(['u'], { ads: true }, 12)).toBe(false);
    expect(people.choose(['u'], { ads: false }, 13)).toBe(true);
  });

  it('lists the suppressed in pages, and stays on guard after all was lifted', async () => {
    expect(people.suppress(['a', 'b', 'c', 'a'], 'opt-out', 1)).toBe(3);
    await people.durable();
    const first = people.suppressed('', 2);
    expect(first.total).toBe(3);
    const second = people.suppressed(first.people.at(-1)?.person ?? '', 2);
    expect([...first.people, ...second.people].map(({ person }) => person).sort()).toEqual(['a', 'b', 'c'].map(people.hash).sort());
    for (const id of ['a', 'b', 'c']) expect(people.lift(id)).toBe(true);
    expect(people.lift('a')).toBe(false);
    await reopen();
    expect(people.suppressed('', 2).total).toBe(0);
    expect(people.everSuppressed).toBe(true);
  });

  it('tells who listens, and that it was the first', () => {
    const told: boolean[] = [];
    const stop = people.watch((isFirst) => told.push(isFirst));
    people.choose(['u'], { ads: true }, 1);
    people.suppress(['u'], 'opt-out', 1);
    people.suppress(['v'], 'opt-out', 1);
    stop();
    people.lift('v');
    expect(told).toEqual([false, true, false]);
  });

  it('names a file that is damaged, or of a newer Sluice', async () => {
    await people.close();
    const other = join(folder, 'other.db');
    writeFileSync(other, 'this is no database, whatever its name may say'.repeat(50));
    expect(openPeople(other)).toMatchObject({ ok: false, error: { code: 'DATA_CORRUPT', details: { file: other } } });
    const { DatabaseSync } = await import('node:sqlite');
    const newer = new DatabaseSync(join(folder, 'newer.db'));
    newer.exec('PRAGMA user_version = 99');
    newer.close();
    expect(openPeople(join(folder, 'newer.db'))).toMatchObject({ ok: false, error: { code: 'DATA_NEWER' } });
    people = open();
  });

  it('remembers the newest choice, whatever the order in which choices arrive', () => {
    const choice = fc.record({ category: fc.constantFrom('a', 'b'), granted: fc.boolean(), at: fc.integer({ min: 0, max: 5 }) });
    fc.assert(
      fc.property(fc.array(choice, { maxLength: 8 }), (choices) => {
        const { preferences } = choices.reduce(
          (known, { category, granted, at }) => choose(known, { [category]: granted }, at).person,
          nobody,
        );
        for (const category of new Set(choices.map((each) => each.category))) {
          const [newest] = choices
            .filter((each) => each.category === category)
            .sort((a, b) => b.at - a.at || Number(a.granted) - Number(b.granted));
          expect(preferences[category]).toBe(newest?.granted);
        }
      }),
    );
  });

  it('lets no late yes overrule a no that was said again, over a restart too', async () => {
    people.choose(['u'], { ads: false }, 1);
    expect(people.choose(['u'], { ads: false }, 10)).toBe(false);
    await people.durable();
    await reopen();
    people.choose(['u'], { ads: true }, 5);
    expect(people.of('u').preferences).toEqual({ ads: false });
  });
});

describe('the gate before a send', () => {
  const policy = consentSchema.parse({ categories: ['ads'] });
  const event = (more: object = {}, provenance = {}) => ({
    ...toGatewayEvent(
      { event: 'Order', userId: 'u', anonymousId: 'a', ...more },
      { source: 'web', receivedAt: 1, type: 'track', messageId: 'm' },
    ),
    provenance,
  });

  it('is not there while nobody asks for consent and nobody was suppressed', () => {
    expect(createSendGate(people, null)).toBeNull();
    people.suppress(['x'], 'opt-out', 1);
    expect(createSendGate(people, null)).not.toBeNull();
  });

  it('suppresses whom it must, by either id, and what was stored without its content for ever', () => {
    people.suppress(['a'], 'opt-out', 1);
    const gate = createSendGate(people, null);
    expect(gate?.(event())).toBe(true);
    expect(gate?.(event({ anonymousId: 'b' }))).toBe(false);
    expect(gate?.(event({ userId: null, anonymousId: 'b' }, { suppressed: 'deletion' }))).toBe(true);
  });

  it('asks for consent anew each time', () => {
    const gate = createSendGate(people, policy);
    expect(gate?.(event())).toBe(true);
    people.choose(['u'], { ads: true }, 1);
    expect(gate?.(event())).toBe(false);
    people.choose(['a'], { ads: false }, 2);
    expect(gate?.(event())).toBe(true);
    people.choose(['a'], { ads: true }, 3);
    expect(gate?.(event({ context: { consent: { categoryPreferences: { ads: false } } } }))).toBe(true);
    expect(gate?.(event({ context: { consent: { categoryPreferences: { ads: true } } } }))).toBe(false);
  });

  it('never lets more through after something was withdrawn, or somebody suppressed', () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('choose' as const), id: fc.constantFrom('u', 'a'), granted: fc.boolean() }),
      fc.record({ do: fc.constant('suppress' as const), id: fc.constantFrom('u', 'a') }),
    );
    const own = fc.option(fc.boolean());
    let run = 0;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 6 }), fc.constantFrom('deny', 'allow'), own, (steps, whenUnknown, stated) => {
        const suffix = `-${run++}`;
        const gate = createSendGate({ of: people.of, everSuppressed: true }, consentSchema.parse({ categories: ['ads'], whenUnknown }));
        const context = stated === null ? {} : { consent: { categoryPreferences: { ads: stated } } };
        const one = event({ userId: `u${suffix}`, anonymousId: `a${suffix}`, context });
        let at = 0;
        for (const each of steps) {
          const before = gate?.(one);
          if (each.do === 'suppress') people.suppress([each.id + suffix], 'opt-out', ++at);
          else people.choose([each.id + suffix], { ads: each.granted }, ++at);
          if (before && (each.do === 'suppress' || !each.granted)) expect(gate?.(one)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });
});
