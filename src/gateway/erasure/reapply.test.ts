import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppFailure, appError } from '#contract/errors.ts';
import { codeOf, unwrap } from '#gateway/control/testing/control-room.ts';
import type { EventLog } from '#gateway/log/event-log.ts';
import { createMemoryLog } from '#gateway/log/memory-log.ts';
import { appended, batchRequest, deltaOf, sideRow } from '#gateway/log/testing/requests.ts';
import { reapplyErasures } from './reapply.ts';
import { createErasingRoom, type ErasingRoom } from './testing/erasing-room.ts';

const ana = { userId: 'ana@shop.example' };

let room: ErasingRoom;
let restored: EventLog;
beforeEach(async () => {
  room = await createErasingRoom();
  restored = createMemoryLog({ now: () => room.control.clock.now });
});
afterEach(async () => {
  await restored.close();
  await room.close();
});

const reapply = (log = restored) => reapplyErasures({ log, quarantine: room.quarantine, people: room.people, destinations: ['hook'] });

async function store(log: EventLog, ids: readonly string[]) {
  const route = log.route([await log.register('hook')]);
  await appended(log, batchRequest(log, ids, { route, userOf: (id) => (id.startsWith('ana') ? ana.userId : 'bob') }));
}

describe('after a restore', () => {
  it('erases again whom the backup brought back, once, and ends what is owed of them', async () => {
    await store(restored, ['ana-1', 'bob-1', 'ana-2']);
    const { epoch } = await restored.open('hook');
    await restored.settle(deltaOf('hook', epoch, { cursor: 2, put: [sideRow(1, 'dead', 9)], terminal: { confirmed: [2] } }));
    await room.request(ana);
    await room.idle();

    expect(unwrap(await reapply())).toBe(2);
    expect(await restored.find('ana-1')).toEqual([]);
    expect(await restored.find('bob-1')).toHaveLength(1);
    expect(await restored.ledger('hook')).toMatchObject({ dead: 0, terminal: { suppressed: 1 }, violations: [] });
    const read = await restored.readDisk('hook', 2, { events: 9, bytes: 1e6 });
    expect(read.records.map(({ event }) => event.messageId)).toEqual(['']);
    expect(unwrap(await reapply())).toBe(0);
  });

  it('leaves what the person did after they were erased', async () => {
    await room.request(ana);
    await room.idle();
    room.control.clock.now += 1000;
    await store(restored, ['ana-3']);
    expect(unwrap(await reapply())).toBe(0);
    expect(await restored.find('ana-3')).toHaveLength(1);
  });

  it('is not over where the disk did not take it', async () => {
    await store(restored, ['ana-1']);
    await room.request(ana);
    await room.idle();
    const { erase } = restored;
    restored.erase = async () => {
      throw new AppFailure(appError('INGEST_DISK_FULL'));
    };
    expect(codeOf(await reapply())).toBe('INGEST_DISK_FULL');
    restored.erase = erase;
    expect(unwrap(await reapply())).toBe(1);
  });
});
