import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { destinationSchema } from '#contract/documents/destination.ts';
import { createRegistry } from '#gateway/connectors/registry.ts';
import { sideRow } from '#gateway/log/testing/requests.ts';
import { openScene, type Scene, startOfTime } from '../testing/scene.ts';
import { previewDuplicates } from './preview.ts';
import { type ReplayUnderWay, replayedAgain } from './replays-under-way.ts';

const hour = 3_600_000;

describe('the duplicates to expect', () => {
  let scene: Scene;
  beforeEach(async () => {
    scene = await openScene();
    // Three events of long ago, of which two are settled, one is retried; two of now.
    await scene.append(3, 'old');
    scene.now += 80 * hour;
    await scene.append(2, 'new');
    await scene.settle({ cursor: 3, put: [sideRow(2, 'retrying')], terminal: { confirmed: [1, 3] } });
    await scene.stop();
  });
  afterEach(() => scene.remove());

  function of(hook: string, mail: string, now = startOfTime + 80 * hour, replays: readonly ReplayUnderWay[] = []) {
    const destination = (connector: string) => destinationSchema.parse({ name: connector, connector });
    const destinations = new Map([
      ['hook', destination(hook)],
      ['mail', destination(mail)],
    ]);
    return previewDuplicates({ folder: scene.data, head: 5, old: null, destinations, replays, connectors: createRegistry(), now });
  }

  it('are recognised for as long as the vendor remembers, and count twice after', () => {
    const [hook, mail] = of('webhook', 'meta');
    expect(hook).toMatchObject({ destination: 'hook', open: 3, repeated: 3, recognised: 3, doubled: 0, tooOld: 0, isKnown: false });
    expect(mail).toMatchObject({ dedupeWindowMs: 48 * hour, open: 5, repeated: 5, recognised: 2, doubled: 3, tooOld: 0 });
  });

  it('all count twice where the vendor cannot dedupe, and some are too old for it', () => {
    const [, mail] = of('webhook', 'ga4');
    expect(mail).toMatchObject({ dedupe: 'none', repeated: 5, recognised: 0, doubled: 5, tooOld: 3 });
    const [, later] = of('webhook', 'ga4', startOfTime + 1000 * hour);
    expect(later).toMatchObject({ tooOld: 5 });
  });

  it('count what a replay under way gives once more, of its destination only', () => {
    const now = startOfTime + 80 * hour;
    const [hook, mail] = of('webhook', 'ga4', now, [{ id: 'replay-1', destination: 'mail', selected: 40 }]);
    expect(hook).toMatchObject({ open: 3, repeated: 3 });
    expect(mail).toMatchObject({ open: 45, repeated: 45, doubled: 45 });
  });

  it('know from the old disk how much a replay gave since the backup', () => {
    const lanes = (given: number) => {
      const db = new DatabaseSync(':memory:');
      db.exec('CREATE TABLE replay (ordinal INTEGER, id TEXT, given INTEGER, skipped INTEGER)');
      db.prepare('INSERT INTO replay VALUES (1, ?, ?, 5)').run('replay-1', given);
      return db;
    };
    const replays = [{ id: 'replay-1', destination: 'mail', selected: 100 }];
    expect(replayedAgain(lanes(20), lanes(60), 1, replays)).toEqual({ left: 75, repeated: 40 });
    expect(replayedAgain(lanes(20), null, 1, replays)).toEqual({ left: 75, repeated: 75 });
  });

  it('are told for no destination that is gone, and count twice where its connector is not known', () => {
    const connectors = createRegistry();
    const destinations = new Map([['hook', destinationSchema.parse({ name: 'x', connector: 'nobody' })]]);
    const previews = previewDuplicates({ folder: scene.data, head: 5, old: null, destinations, replays: [], connectors, now: scene.now });
    expect(previews).toMatchObject([{ destination: 'hook', dedupe: 'none', repeated: 3, doubled: 3 }]);
  });
});
