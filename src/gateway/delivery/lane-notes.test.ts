import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLaneNotes } from './lane-notes.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-notes-'));
  file = join(folder, 'lane-notes.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A process that opens a lane, works on it, and ends. */
function run(cursor: number, end: 'dies' | 'closes', works = true): number {
  const notes = createLaneNotes(file);
  const deaths = notes.deathsAt('hook', cursor);
  if (works) notes.begin('hook', cursor);
  if (end === 'closes') notes.close();
  return deaths;
}

describe('the notes of lanes', () => {
  it('count the processes that died on a lane whose cursor did not move', () => {
    expect([run(7, 'dies'), run(7, 'dies'), run(7, 'dies'), run(7, 'dies')]).toEqual([0, 1, 2, 3]);
  });

  it('begin anew when the cursor moved, when the process ended as it should, and when the lane did nothing', () => {
    run(7, 'dies');
    expect(run(8, 'dies')).toBe(0);
    expect(run(8, 'closes')).toBe(1);
    expect(run(8, 'dies')).toBe(0);
    expect(run(8, 'dies')).toBe(1);
    expect(createLaneNotes(file).deathsAt('other', 8)).toBe(0);
  });

  it('do not count a lane that is opened again in the same process', () => {
    const notes = createLaneNotes(file);
    notes.begin('hook', 7);
    notes.begin('hook', 7);
    expect(createLaneNotes(file).deathsAt('hook', 7)).toBe(1);
  });

  it('keep what a breaker measured', () => {
    const note = { state: 'open', why: '20 of 20 requests failed', troubledSince: 5, opensAt: 9, openMs: 4 } as const;
    const notes = createLaneNotes(file);
    notes.keepBreaker('hook', note);
    notes.close();
    expect(createLaneNotes(file).breaker('hook')).toEqual(note);
    const later = createLaneNotes(file);
    later.keepBreaker('hook', null);
    later.close();
    expect(createLaneNotes(file).breaker('hook')).toBeNull();
  });

  it('are empty when the file is missing, torn or not theirs', () => {
    for (const text of [
      '',
      '{"version":1,"isCl',
      '{"version":2}',
      '{"version":1,"isClean":false,"lanes":{"hook":{"work":{"cursor":-1}}}}',
    ]) {
      writeFileSync(file, text);
      const notes = createLaneNotes(file);
      expect(notes.deathsAt('hook', 7)).toBe(0);
      expect(notes.breaker('hook')).toBeNull();
    }
  });

  it('go on without their file when it cannot be written', () => {
    const notes = createLaneNotes(join(folder, 'missing', 'notes.json'));
    notes.begin('hook', 7);
    notes.keepBreaker('hook', { state: 'open', why: '', troubledSince: 1, opensAt: 2, openMs: 1 });
    expect(notes.breaker('hook')?.state).toBe('open');
    notes.close();
  });

  it('hold no address, event or secret', () => {
    run(7, 'dies');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      version: 1,
      isClean: false,
      lanes: { hook: { work: { cursor: 7, deaths: 0 } } },
    });
  });
});
