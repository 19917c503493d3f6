import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answerWith, startVendor, type Vendor } from '#gateway/delivery/testing/vendor.ts';
import { inThread } from '#gateway/log/testing/in-thread.ts';
import { createFolder } from '#gateway/log/testing/sqlite-folder.ts';
import { openReplayRoom, type ReplayRoom, type RoomOptions } from './testing/replay-room.ts';

let vendor: Vendor;
let room: ReplayRoom;

beforeEach(async () => {
  vendor = await startVendor();
});
afterEach(async () => {
  await room.close();
  await vendor.close();
  expect(room.problems).toEqual([]);
});

const refuse = (_: unknown, response: Parameters<Vendor['answer']>[1]) =>
  void response.writeHead(400, { 'content-type': 'application/json' }).end('{"message":"unknown currency"}');

/** A room in which these events were refused for their currency. */
async function refused(messageIds: readonly string[], options: RoomOptions = {}): Promise<void> {
  room = await openReplayRoom(vendor.url, options);
  room.desk.switches();
  vendor.answer = refuse;
  await room.desk.send(...messageIds);
  await room.desk.until((ledger) => ledger.dead === messageIds.length);
  vendor.answer = answerWith(200);
  vendor.received.length = 0;
}
const hook = { destination: 'hook' } as const;
const merge = { merge: { properties: { currency: 'EUR' } } };

describe('searching dead letters', () => {
  it('shows the newest first, page by page, with counts by class and name', async () => {
    await refused(['a', 'b', 'c', 'd', 'e']);
    const first = await room.must('deadLetter.search', { ...hook, limit: 2 });
    expect(first).toMatchObject({
      dead: 5,
      facets: { total: 5, classes: [{ class: 'rejected', events: 5 }], names: [{ name: 'Order', events: 5 }] },
    });
    expect(first.letters.map(({ messageId }) => messageId)).toEqual(['e', 'd']);
    const second = await room.must('deadLetter.search', { ...hook, limit: 3, beforeSeq: first.next ?? 0, facets: false });
    expect(second.letters.map(({ messageId }) => messageId)).toEqual(['c', 'b', 'a']);
    expect(second.facets).toBeNull();
  });

  it('finds one by message id, and by the text of the answer', async () => {
    await refused(['a', 'b']);
    expect((await room.must('deadLetter.search', { ...hook, messageId: 'b' })).letters).toMatchObject([
      { messageId: 'b', detail: expect.stringContaining('unknown currency'), attempts: 1, source: 'web', type: 'track' },
    ]);
    expect((await room.must('deadLetter.search', { ...hook, messageId: 'z' })).letters).toEqual([]);
    const none = await room.must('deadLetter.search', { ...hook, filter: { text: 'timeout' } });
    expect(none).toMatchObject({ dead: 2, facets: { total: 0 }, letters: [], next: null });
  });
});

describe('looking at a dead letter', () => {
  it('shows it masked, with the last answer and how the vendor recognises a resend', async () => {
    await refused(['a']);
    const shown = await room.must('deadLetter.inspect', { ...hook, seq: 1 });
    expect(shown).toMatchObject({ letter: { messageId: 'a', class: 'rejected' }, dedupeKey: 'a', dedupe: 'event', replays: [] });
    expect(shown.masked).toMatchObject({ messageId: 'a', event: 'Order', userId: 'text(2)' });
    expect(JSON.stringify(shown)).not.toContain('u1');
    expect(await room.call('deadLetter.inspect', { ...hook, seq: 2 })).toMatchObject({ error: { code: 'DEAD_LETTER_NOT_FOUND' } });
  });
});

describe('rehearsing a dead letter', () => {
  it('tells the request without its credential, and sends nothing', async () => {
    await refused(['a']);
    const tried = await room.must('deadLetter.dryRun', { ...hook, seq: 1 });
    expect(tried).toMatchObject({ verdict: 'sent', detail: '', tooOld: false, dedupeKey: 'a', removed: [] });
    expect(tried.request).toMatchObject({ method: 'POST', url: `${vendor.url}/`, headers: expect.arrayContaining(['webhook-signature']) });
    expect(JSON.stringify(tried)).not.toContain('whsec');
    expect(JSON.stringify(tried)).not.toContain('u1');
    expect(vendor.received).toEqual([]);
  });

  it('tells what stands in its way: a park, a switch, consent', async () => {
    let isForbidden = false;
    await refused(['a'], { gate: () => isForbidden });
    const verdict = async () => (await room.must('deadLetter.dryRun', { ...hook, seq: 1 })).verdict;
    isForbidden = true;
    expect(await verdict()).toBe('suppressed');
    room.desk.switches({ scope: { type: 'event', event: 'Order' }, mode: 'park' });
    expect(await verdict()).toBe('held');
    room.desk.switches({ scope: { type: 'everything' }, mode: 'park' });
    expect(await verdict()).toBe('parked');
  });

  it('shows a change before it is made', async () => {
    await refused(['a']);
    const tried = await room.must('deadLetter.dryRun', { ...hook, seq: 1, edit: merge });
    expect(tried.request?.body).toMatchObject({ data: { properties: { currency: 'text(3)' } } });
    const wrong = { patch: [{ op: 'remove', path: '/properties/none' }] } as const;
    expect(await room.call('deadLetter.dryRun', { ...hook, seq: 1, edit: { patch: [...wrong.patch] } })).toMatchObject({
      error: { code: 'EDIT_INVALID' },
    });
  });
});

describe('editing a dead letter', () => {
  it('sends a copy under an id of its own, and keeps the reason with it', async () => {
    await refused(['a', 'b']);
    const { messageId } = await room.must('deadLetter.edit', { ...hook, seq: 1, edit: merge, reason: 'EURO is no currency' });
    const ledger = await room.desk.until((each) => each.terminal.confirmed === 1);
    expect(ledger).toMatchObject({ dead: 1, terminal: { confirmed: 1, dropped: 1 }, violations: [] });
    expect(vendor.received).toEqual([messageId]);
    const [child] = await room.log.find(messageId ?? '');
    expect(child?.record.event).toMatchObject({
      properties: { currency: 'EUR' },
      provenance: { parentId: 'a', editReason: 'EURO is no currency' },
    });
    expect(await room.log.replaying.life('hook', 1)).toMatchObject({ outcome: 'dropped', child: messageId });
    expect(room.store.audit(null, 2).map(({ action, outcome }) => [action, outcome])).toEqual([
      ['deadLetter.edited', 'done'],
      ['deadLetter.edit', 'applied'],
    ]);
  });

  it('asks for a reason, and for a change that can be made', async () => {
    await refused(['a']);
    expect(await room.call('deadLetter.edit', { ...hook, seq: 1, edit: merge })).toMatchObject({ error: { code: 'REASON_REQUIRED' } });
    const tooLarge = { merge: { properties: { filler: 'x'.repeat(40_000) } } };
    expect(await room.call('deadLetter.edit', { ...hook, seq: 1, edit: tooLarge, reason: 'r' })).toMatchObject({
      error: { code: 'EDIT_INVALID' },
    });
    expect(await room.desk.ledger()).toMatchObject({ dead: 1, violations: [] });
  });

  it('repeated by the same command, answers the same copy', async () => {
    await refused(['a']);
    const input = { ...hook, seq: 1, edit: merge, reason: 'r' };
    const [first, second] = [
      await room.call('deadLetter.edit', input, 'command-1'),
      await room.call('deadLetter.edit', input, 'command-1'),
    ];
    expect(first.ok && second.ok && first.value.messageId === second.value.messageId).toBe(true);
    expect(await room.desk.until((each) => each.terminal.confirmed === 1)).toMatchObject({ total: 2 });
  });

  it('clicked twice at once, makes one copy', async () => {
    await refused(['a']);
    const input = { ...hook, seq: 1, edit: merge, reason: 'r' };
    const both = await Promise.all([room.call('deadLetter.edit', input), room.call('deadLetter.edit', input)]);
    expect(both.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await room.desk.until((each) => each.terminal.confirmed === 1)).toMatchObject({ total: 2, dead: 0, violations: [] });
  });
});

describe('a crash while a dead letter is edited', () => {
  it.each([0, 1, 2, 3, 4, 5, 6, 8, 10, 14, 20, 40])('after %d turns neither loses the event nor doubles it', async (turns) => {
    const folder = createFolder();
    const options = { folder: folder.path };
    let log = await folder.open(options, inThread);
    await refused(['a'], { log });
    room.desk.switches({ scope: { type: 'destination', destination: 'hook' }, mode: 'park' });
    const editing = room.call('deadLetter.edit', { ...hook, seq: 1, edit: merge, reason: 'r' }).catch(() => null);
    for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
    folder.crash();
    await editing;
    await room.close();
    room.problems.length = 0;

    log = await folder.open({}, inThread);
    vendor.received.length = 0;
    room = await openReplayRoom(vendor.url, { log });
    const lane = room.desk.delivery.lanes.get('hook');
    if (lane) await room.edits.recover(lane);
    expect(await log.replaying.openEdits('hook')).toEqual([]);
    room.desk.switches();
    const ledger = await room.desk.until((each) => each.waiting === 0 && each.retrying === 0);
    expect(ledger.violations).toEqual([]);
    // Either the original is a dead letter and there is no copy, or the copy was sent and the original is gone.
    expect([ledger.dead, ledger.terminal.dropped, ledger.terminal.confirmed]).toEqual(ledger.total === 1 ? [1, 0, 0] : [0, 1, 1]);
    expect(vendor.received).toHaveLength(ledger.total - 1);
    folder.remove();
  });
});

describe('discarding dead letters', () => {
  it('counts first, wants a reason and the name typed, and drops them for good', async () => {
    await refused(['a', 'b', 'c']);
    const which = { filter: { class: 'rejected' } };
    expect(await room.must('deadLetter.discard', { ...hook, which, dryRun: true })).toEqual({
      discarded: 3,
      classes: [{ class: 'rejected', events: 3 }],
    });
    expect(await room.call('deadLetter.discard', { ...hook, which, confirm: 'hook' })).toMatchObject({
      error: { code: 'REASON_REQUIRED' },
    });
    expect(await room.call('deadLetter.discard', { ...hook, which, reason: 'old' })).toMatchObject({
      error: { code: 'CONFIRMATION_REQUIRED' },
    });
    expect(await room.must('deadLetter.discard', { ...hook, which: { seqs: [2] }, reason: 'old', confirm: 'hook' })).toMatchObject({
      discarded: 1,
    });
    expect(await room.must('deadLetter.discard', { ...hook, which, reason: 'old', confirm: 'hook' })).toMatchObject({ discarded: 2 });
    expect(await room.desk.ledger()).toMatchObject({ dead: 0, terminal: { dropped: 3 }, violations: [] });
    expect(room.desk.delivery.lanes.get('hook')?.counts.dead).toBe(0);
    expect(room.store.audit(null, 1)[0]).toMatchObject({ action: 'deadLetter.discarded', reason: '2 discarded' });
  });
});
