import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ok } from '#contract/result.ts';
import { answerWith, startVendor, type Vendor } from '#gateway/delivery/testing/vendor.ts';
import type { Held } from '#gateway/quarantine/held-table.ts';
import { openReplayRoom, type ReplayRoom } from './testing/replay-room.ts';
import { whereIs } from './where.ts';

let vendor: Vendor;
let room: ReplayRoom;
let quarantined: readonly Held[] = [];

beforeEach(async () => {
  vendor = await startVendor();
  room = await openReplayRoom(vendor.url);
  quarantined = [];
  room.desk.switches();
});
afterEach(async () => {
  await room.close();
  await vendor.close();
});

async function where(messageId: string) {
  const { lanes, ordinals } = room.desk.delivery;
  const quarantine = { list: async () => ok(quarantined) };
  return whereIs({ log: room.log, lanes, ordinals, quarantine }, { messageId });
}
async function placeOf(messageId: string) {
  const found = await where(messageId);
  if (!found.ok) throw new Error(found.error.code);
  return found.value.events[0]?.destinations[0];
}

describe('where did my event go', () => {
  it('says that it was delivered, waits, or is on its way', async () => {
    await room.desk.send('done');
    await room.desk.until((ledger) => ledger.terminal.confirmed === 1);
    expect(await placeOf('done')).toMatchObject({
      state: 'settled',
      outcome: 'delivered',
      detail: 'delivered; the vendor confirms',
      dedupeKey: 'done',
    });
    room.desk.switches({ scope: { type: 'destination', destination: 'hook' }, mode: 'park' });
    await room.desk.send('waits');
    expect(await placeOf('waits')).toMatchObject({ state: 'waiting', detail: expect.stringContaining('parked') });
  });

  it('says how it ended where it was not delivered', async () => {
    room.desk.switches({ scope: { type: 'event', event: 'Spam' }, mode: 'drop' });
    await room.desk.sendNamed('Spam', 'dropped');
    await room.desk.until((ledger) => ledger.terminal.dropped === 1);
    expect(await placeOf('dropped')).toMatchObject({ state: 'settled', outcome: 'dropped', detail: 'dropped by a switch, or discarded' });
  });

  it('tells its replays, and the copy that replaced it', async () => {
    vendor.answer = answerWith(400);
    await room.desk.send('a', 'b');
    await room.desk.until((ledger) => ledger.dead === 2);
    expect(await placeOf('a')).toMatchObject({ state: 'dead', attempt: 1, detail: expect.stringContaining('400') });
    const { messageId } = await room.must('deadLetter.edit', {
      destination: 'hook',
      seq: 2,
      edit: { merge: { properties: { fixed: true } } },
      reason: 'fixed by hand',
    });
    vendor.answer = answerWith(200);
    const { id } = await room.must('replay.start', {
      destination: 'hook',
      selection: { type: 'deadLetters' },
      pacePerSecond: 1000,
      reason: 'r',
    });
    await room.steps(() => room.store.get('replay', id ?? '')?.value?.state === 'done');
    expect(await placeOf('a')).toMatchObject({ state: 'settled', outcome: 'delivered', replays: [{ replay: id, gen: 1 }] });
    expect(await placeOf('b')).toMatchObject({
      state: 'settled',
      outcome: 'dropped',
      child: messageId,
      detail: `an edited copy replaced it: ${messageId}`,
    });
    const copy = await where(messageId ?? '');
    expect(copy).toMatchObject({ value: { events: [{ provenance: { parentId: 'b', editReason: 'fixed by hand' } }] } });
  });

  it('finds what is kept apart, and says where there is nothing', async () => {
    expect(await where('nobody')).toMatchObject({ error: { code: 'EVENT_NOT_FOUND' } });
    quarantined = [
      {
        id: 7,
        source: 'web',
        messageId: 'q',
        type: 'track',
        name: 'Order',
        receivedAt: 5,
        plan: 'shop',
        revision: 3,
        violations: '[]',
        body: '{}',
      },
    ];
    expect(await where('q')).toEqual(
      ok({ events: [], quarantined: [{ id: 7, source: 'web', name: 'Order', receivedAt: 5, plan: 'shop', revision: 3 }] }),
    );
  });
});
