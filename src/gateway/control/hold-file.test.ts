import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createHoldFile, type HoldFile } from './hold-file.ts';

const opened: { readonly hold: HoldFile; readonly folder: string }[] = [];
afterEach(() => {
  for (const { hold, folder } of opened.splice(0)) {
    hold.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

/** A hold file whose poll is turned by hand. */
function room(text?: string) {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-hold-'));
  const file = join(folder, 'hold');
  if (text !== undefined) writeFileSync(file, text);
  let tick = () => {};
  let stopped = false;
  const every = (_ms: number, callback: () => void) => {
    tick = callback;
    return () => {
      stopped = true;
    };
  };
  let now = 1000;
  const hold = createHoldFile({ file, every, now: () => now++ });
  opened.push({ hold, folder });
  return { folder, file, hold, poll: () => tick(), isStopped: () => stopped };
}

const everything = [{ type: 'everything' }];
const hook = { type: 'destination', destination: 'hook' };

describe('the hold file of a gateway', () => {
  it('is in force before anything starts, and holds nothing when it is not there', () => {
    expect(room('hook\n').hold.holds()).toEqual([hook]);
    const { hold } = room();
    expect(hold.holds()).toEqual([]);
    expect(hold.since()).toBeNull();
  });

  it('is seen when it comes, changes, is replaced and goes', () => {
    const { file, hold, poll } = room();
    const heard: number[] = [];
    hold.watch((holds) => heard.push(holds.length));
    writeFileSync(file, 'hook\n');
    poll();
    expect(hold.holds()).toEqual([hook]);
    expect(hold.since()).not.toBeNull();
    appendFileSync(file, 'source:web\n');
    poll();
    writeFileSync(`${file}.new`, 'everything\n');
    renameSync(`${file}.new`, file);
    poll();
    expect(hold.holds()).toEqual(everything);
    unlinkSync(file);
    poll();
    expect(hold.holds()).toEqual([]);
    // fs.watch may tell of a step in between; what is told is only ever a change.
    expect(heard.filter((count, index) => count !== heard[index - 1])).toEqual([1, 2, 1, 0]);
  });

  it('is told by the system without waiting for the poll', async () => {
    const { file, hold } = room();
    const changed = new Promise<void>((resolve) => hold.watch((holds) => holds.length > 0 && resolve()));
    writeFileSync(file, 'hook\n');
    await changed;
    expect(hold.holds().length).toBeGreaterThan(0);
  });

  it('holds everything when it cannot be read or understood, and says why', () => {
    const folderInstead = room();
    mkdirSync(folderInstead.file);
    folderInstead.poll();
    expect(folderInstead.hold.holds()).toEqual(everything);
    expect(folderInstead.hold.problems()).toEqual(['it cannot be read (EISDIR)']);
    const mistyped = room('hook\nlane:meta\n');
    expect(mistyped.hold.holds()).toEqual(everything);
    expect(mistyped.hold.problems()[0]).toMatch(/^line 2: /);
    writeFileSync(mistyped.file, 'hook\n');
    mistyped.poll();
    expect(mistyped.hold.holds()).toEqual([hook]);
    expect(mistyped.hold.problems()).toEqual([]);
  });

  it('tells nobody when nothing changed', () => {
    const { file, hold, poll } = room('hook\n');
    let told = 0;
    hold.watch(() => told++);
    writeFileSync(file, '# a comment\ndestination:hook\n');
    poll();
    hold.refresh();
    expect(told).toBe(0);
  });

  it('stops looking when it is closed', () => {
    const { hold, isStopped } = room();
    hold.close();
    expect(isStopped()).toBe(true);
  });
});
