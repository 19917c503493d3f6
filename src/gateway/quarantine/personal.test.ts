import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Result } from '#contract/result.ts';
import { createPersonKeys } from '#gateway/pipeline/person-key.ts';
import type { NewHeld } from './held-table.ts';
import { createQuarantine, type Quarantine } from './quarantine.ts';

const key = new Uint8Array(32).fill(3);
const matchOf = (id: string, untilMs = Number.MAX_SAFE_INTEGER) => ({
  key,
  people: [{ person: createPersonKeys(key).keyOf(id), untilMs }],
});

let folder: string;
let quarantine: Quarantine;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-quarantine-'));
  const limits = () => ({ maxEvents: 10_000, maxBytes: 1e9 });
  quarantine = createQuarantine({ file: join(folder, 'quarantine.db'), limits, onCrash: () => undefined });
});
afterEach(async () => {
  await quarantine.close();
  rmSync(folder, { recursive: true, force: true });
});

function unwrap<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.error.code);
  return result.value;
}
function held(messageId: string, userId: string, receivedAt = 1000): NewHeld {
  const body = JSON.stringify({ type: 'track', messageId, event: 'Order', userId, properties: { email: `${userId}@shop.example` } });
  return { source: 'web', messageId, type: 'track', name: 'Order', receivedAt, plan: 'web', revision: 1, violations: '[]', body };
}
const filesHold = (text: string) => readdirSync(folder).some((name) => readFileSync(join(folder, name)).includes(text));

describe('a person in quarantine', () => {
  it('is found in pages', async () => {
    unwrap(await quarantine.put([held('m1', 'ana'), held('m2', 'bob'), held('m3', 'ana')]));
    const { held: found, isOver } = unwrap(await quarantine.personal(matchOf('ana'), 0));
    expect(found.map(({ messageId }) => messageId)).toEqual(['m1', 'm3']);
    expect(isOver).toBe(true);
    expect(unwrap(await quarantine.personal(matchOf('ana'), 1)).held).toHaveLength(1);
  });

  it('is erased from the file and its WAL, and counted as discarded', async () => {
    unwrap(await quarantine.put([held('ana-m1', 'ana'), held('m2', 'bob')]));
    expect(filesHold('ana@shop')).toBe(true);
    expect(unwrap(await quarantine.erasePersonal(matchOf('ana')))).toEqual({ erased: 1, claimed: 0 });
    for (const text of ['ana-m1', 'ana@shop', '"ana"']) expect(filesHold(text)).toBe(false);
    expect(unwrap(await quarantine.totals())).toMatchObject({ quarantined: 2, held: 1, discarded: 1 });
  });

  it('is erased with what was still being put, but not with what came later or is being released', async () => {
    unwrap(await quarantine.put([held('m0', 'ana')]));
    unwrap(await quarantine.claim({}, 0, 1));
    const putting = [quarantine.put([held('m1', 'ana')]), quarantine.put([held('m2', 'ana')]), quarantine.put([held('m3', 'ana', 5000)])];
    expect(unwrap(await quarantine.erasePersonal(matchOf('ana', 2000)))).toEqual({ erased: 2, claimed: 1 });
    for (const put of putting) unwrap(await put);
    expect(unwrap(await quarantine.totals())).toMatchObject({ held: 2 });
  });

  it('is nobody while nothing was ever quarantined', async () => {
    expect(unwrap(await quarantine.personal(matchOf('ana'), 0))).toEqual({ held: [], through: 0, isOver: true });
    expect(unwrap(await quarantine.erasePersonal(matchOf('ana')))).toEqual({ erased: 0, claimed: 0 });
    expect(readdirSync(folder)).toEqual([]);
  });
});
