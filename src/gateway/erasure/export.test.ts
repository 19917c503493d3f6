import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InputOf } from '#contract/operation.ts';
import type { PersonalItem } from '#contract/operations/erasure.ts';
import { operations } from '#contract/operations/index.ts';
import { call, codeOf, unwrap } from '#gateway/control/testing/control-room.ts';
import { appended, batchRequest, deltaOf, sideRow } from '#gateway/log/testing/requests.ts';
import type { NewHeld } from '#gateway/quarantine/held-table.ts';
import { createExportHandlers } from './export-handlers.ts';
import { createErasingRoom, type ErasingRoom } from './testing/erasing-room.ts';

const ana = { userId: 'ana@shop.example', anonymousId: 'device-7' };

let room: ErasingRoom;
beforeEach(async () => {
  room = await createErasingRoom();
  await room.log.register('hook');
});
afterEach(() => room.close());

function page(input: Partial<InputOf<(typeof operations)['person.export']>>) {
  const { log, quarantine, people, erasures, control } = room;
  const { store } = control;
  const handlers = createExportHandlers({
    store,
    people,
    log,
    quarantine,
    documents: erasures.documents,
    destinations: () => ['hook'],
  });
  return handlers['person.export'](operations['person.export'].input.parse({ ...ana, ...input }), call({ commandId: null }));
}
async function exported(): Promise<PersonalItem[]> {
  const items: PersonalItem[] = [];
  for (let after: string | undefined; ; ) {
    const { items: some, next } = unwrap(await page({ after, reason: 'ticket 8' }));
    items.push(...some);
    if (next === null) return items;
    after = next;
  }
}
function held(messageId: string, bytes: number): NewHeld {
  const body = JSON.stringify({ type: 'track', messageId, ...ana, properties: { filler: 'x'.repeat(bytes) } });
  return { source: 'web', messageId, type: 'track', name: 'Order', receivedAt: 1, plan: 'shop', revision: 1, violations: '[]', body };
}
const exportsNoted = () => room.control.store.audit(null, 50).filter(({ action }) => action === 'person.export');

describe('the export of a person', () => {
  it('holds what the log, lanes, quarantine, consent and erasures know of the person, and nobody else’s', async () => {
    const route = room.log.route([await room.log.register('hook')]);
    await appended(room.log, batchRequest(room.log, ['a1', 'b1', 'a2'], { route, userOf: (id) => (id === 'b1' ? 'bob' : ana.userId) }));
    const { epoch } = await room.log.open('hook');
    await room.log.settle(deltaOf('hook', epoch, { cursor: 3, put: [sideRow(1, 'dead', 9)], hold: [3], terminal: { confirmed: [2] } }));
    unwrap(await room.quarantine.put([held('q1', 10)]));
    room.people.choose([ana.userId], { ads: false }, 5);
    room.people.suppress([ana.anonymousId], 'opt-out', 6);

    const items = await exported();
    expect(items).toMatchObject([
      { kind: 'person', consent: [{ category: 'ads', granted: false, at: 5 }], suppressed: [{ kind: 'opt-out', at: 6 }] },
      { kind: 'event', seq: 1, source: 'web', event: { messageId: 'a1', userId: ana.userId }, destinations: [{ state: 'dead' }] },
      { kind: 'event', seq: 3, event: { messageId: 'a2' }, destinations: [{ destination: 'hook', state: 'held' }] },
      { kind: 'quarantined', plan: 'shop', event: { messageId: 'q1' } },
    ]);
    const output = operations['person.export'].output;
    expect(() => output.parse({ items, next: null })).not.toThrow();

    await room.request(ana);
    await room.idle();
    expect((await exported()).map(({ kind }) => kind)).toEqual(['person', 'erasure']);
  });

  it('comes in pages that fit in a frame', async () => {
    for (let at = 0; at < 10; at++) unwrap(await room.quarantine.put(Array.from({ length: 20 }, (_, i) => held(`q${at}-${i}`, 30_000))));
    const sizes: number[] = [];
    let count = 0;
    for (let after: string | undefined; ; ) {
      const { items, next } = unwrap(await page({ after }));
      sizes.push(JSON.stringify(items).length);
      count += items.filter(({ kind }) => kind === 'quarantined').length;
      if (next === null) break;
      after = next;
    }
    expect(count).toBe(200);
    expect(Math.max(...sizes)).toBeLessThan(1_200_000);
    expect(exportsNoted()).toHaveLength(1);
  });

  it('is written down by hash before the first of it leaves, and no later page is had without it', async () => {
    for (const after of ['log:0', 'quarantine:0', 'log:0:h_0123456789012345678901', 'x'])
      expect(codeOf(await page({ after }))).toBe('INPUT_INVALID');
    const { next } = unwrap(await page({ reason: 'ticket 8' }));
    expect(exportsNoted()).toMatchObject([{ by: 'ada', reason: 'ticket 8', target: `person/${room.people.hash(ana.userId)}` }]);
    expect(codeOf(await page({ after: next ?? '', userId: 'bob' }))).toBe('INPUT_INVALID');
    expect((await page({ after: next ?? '' })).ok).toBe(true);
    expect(codeOf(await page({ reason: 'ana@shop.example asked' }))).toBe('REASON_PERSONAL');
    expect(exportsNoted()).toHaveLength(1);
    expect(JSON.stringify(room.control.store.audit(null, 50))).not.toContain('ana@');
  });
});
