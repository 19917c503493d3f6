import { describe, expect, it } from 'vitest';
import { operations } from '#contract/operations/index.ts';
import { call, createControlRoom, hook, theSecret, unwrap, webSource } from '../testing/control-room.ts';

const plain = { dryRun: false };

describe('what changed', () => {
  it('is told across all documents, newest first, with who, why and the difference', async () => {
    const { handlers } = await createControlRoom();
    await handlers['source.put']({ ...plain, id: 'web', value: webSource }, call());
    await handlers['destination.put']({ ...plain, id: 'hook', value: hook() }, call());
    const changed = hook({ delivery: { concurrency: 4 } });
    await handlers['destination.put']({ ...plain, id: 'hook', value: changed, reason: 'they asked us to slow down' }, call({ by: 'bob' }));
    await handlers['destination.remove']({ ...plain, id: 'hook', confirm: 'hook', reason: 'over' }, call());
    const answer = unwrap(await handlers['document.changes']({ kinds: ['source', 'destination'], limit: 10 }, call()));
    expect(answer.changes.map(({ kind, revision, action, isNew, isRemoved }) => [kind, revision, action, isNew, isRemoved])).toEqual([
      ['destination', 3, 'destination.remove', false, true],
      ['destination', 2, 'destination.put', false, false],
      ['destination', 1, 'destination.put', true, false],
      ['source', 1, 'source.put', true, false],
    ]);
    expect(answer.changes[1]).toMatchObject({
      by: 'bob',
      reason: 'they asked us to slow down',
      diff: [{ path: ['delivery', 'concurrency'], before: 16, after: 4 }],
    });
    expect(operations['document.changes'].output.safeParse(JSON.parse(JSON.stringify(answer)))).toMatchObject({ success: true });
  });

  it('comes in pages, and a page with large differences is short', async () => {
    const { handlers } = await createControlRoom();
    for (let turn = 0; turn < 6; turn++)
      await handlers['flag.put'](
        {
          ...plain,
          id: `flag-${turn}`,
          value: operations['flag.put'].input.parse({
            id: 'x',
            value: {
              variants: Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`v${index}`, 'x'.repeat(9000)])),
              defaultVariant: 'v0',
            },
          }).value,
        },
        call(),
      );
    const seen: string[] = [];
    let next: number | null = null;
    do {
      const page: { readonly changes: readonly { readonly id: string }[]; readonly next: number | null } = unwrap(
        await handlers['document.changes']({ limit: 50, ...(next === null ? {} : { before: next }) }, call()),
      );
      expect(JSON.stringify(page).length).toBeLessThan(700_000);
      seen.push(...page.changes.map(({ id }) => id));
      next = page.next;
    } while (next !== null);
    expect(seen).toEqual(['flag-5', 'flag-4', 'flag-3', 'flag-2', 'flag-1', 'flag-0']);
  });

  it('says that a credential changed, and nothing that opens it', async () => {
    const room = await createControlRoom({ keepsSealed: true });
    await room.handlers['destination.put']({ ...plain, id: 'hook', value: hook() }, call());
    const sealed = [room.seal(), room.seal({ version: 2 })];
    for (const [index, text] of sealed.entries())
      unwrap(await room.handlers['credential.bind']({ ...plain, destination: 'hook', version: index + 1, sealed: text }, call()));
    // The store does keep the newest one.
    expect(room.store.get('credential', 'hook')?.value?.sealed).toBe(sealed[1]);
    const { changes } = unwrap(await room.handlers['document.changes']({ kinds: ['credential'], limit: 10 }, call()));
    expect(changes.map(({ diff }) => diff.map(({ path }) => path.join('.')))).toEqual([['version'], ['']]);
    const text = JSON.stringify(changes);
    for (const secret of [theSecret, ...sealed]) expect(text).not.toContain(secret);
    expect(text).not.toMatch(/"sealed":"/);
  });
});
