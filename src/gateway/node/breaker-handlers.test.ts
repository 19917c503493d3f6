import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { call, codeOf, createControlRoom, hook, unwrap } from '#gateway/control/testing/control-room.ts';
import { openTestDesk, type TestDesk } from '#gateway/delivery/testing/desk.ts';
import { createBreakerHandlers, followForces } from './breaker-handlers.ts';

let desk: TestDesk;
beforeEach(async () => {
  desk = await openTestDesk('http://127.0.0.1:9');
});
afterEach(() => desk.close());

async function room() {
  const made = await createControlRoom();
  unwrap(await made.handlers['destination.put']({ dryRun: false, id: 'hook', value: hook() }, call()));
  const stop = followForces(made.store, desk.delivery);
  const { 'breaker.force': handler } = createBreakerHandlers({ store: made.store, delivery: desk.delivery, log: desk.log });
  const force = (input: { state: 'open' | 'closed' | null; reason?: string; dryRun?: boolean; destination?: string }) =>
    handler({ destination: 'hook', dryRun: false, ...input }, call());
  return { ...made, force, stop };
}
const breaker = () => desk.delivery.lanes.get('hook')?.breaker;

describe('forcing a breaker', () => {
  it('is in force when the command is answered, and says who and why', async () => {
    const { force } = await room();
    const answer = unwrap(await force({ state: 'open', reason: 'vendor asked for quiet' }));
    expect(answer).toMatchObject({ revision: 1, effective: 'open', measured: 'closed' });
    expect(answer.preview.destinations.map(({ destination }) => destination)).toEqual(['hook']);
    expect(breaker()?.forced).toMatchObject({ state: 'open', reason: 'vendor asked for quiet' });
    expect(breaker()?.forced?.by).not.toBe('');
  });

  it('may stop without a reason, but never sends without one', async () => {
    const { force } = await room();
    unwrap(await force({ state: 'open' }));
    expect(codeOf(await force({ state: 'closed' }))).toBe('REASON_REQUIRED');
    expect(breaker()?.state).toBe('open');
    unwrap(await force({ state: 'closed', reason: 'they are back' }));
    expect(breaker()?.state).toBe('closed');
  });

  it('changes nothing in a dry run', async () => {
    const { force, store } = await room();
    expect(unwrap(await force({ state: 'open', dryRun: true }))).toMatchObject({ effective: 'closed' });
    expect(store.get('breaker', 'hook')).toBeNull();
    expect(breaker()?.forced).toBeNull();
  });

  it('is given back with null, also where nobody had it', async () => {
    const { force, store } = await room();
    expect(unwrap(await force({ state: null })).revision).toBe(0);
    unwrap(await force({ state: 'open' }));
    expect(unwrap(await force({ state: null }))).toMatchObject({ revision: 2, effective: 'half-open' });
    expect(store.list('breaker')).toEqual([]);
  });

  it('knows no destination that is not there', async () => {
    const { force } = await room();
    expect(codeOf(await force({ state: 'open', destination: 'nope' }))).toBe('DOCUMENT_NOT_FOUND');
  });

  it('holds from the start of a process, from the documents alone', async () => {
    const { force, store, stop } = await room();
    unwrap(await force({ state: 'open' }));
    stop();
    await desk.close();
    desk = await openTestDesk('http://127.0.0.1:9');
    followForces(store, desk.delivery);
    expect(breaker()?.state).toBe('open');
  });

  it('is not reverted as a document: that would be a way around its reason', async () => {
    const { force, handlers } = await room();
    unwrap(await force({ state: 'closed', reason: 'why' }));
    const revert = { dryRun: false, kind: 'breaker' as const, id: 'hook', toRevision: 1 };
    expect(codeOf(await handlers['document.revert'](revert, call()))).toBe('DOCUMENT_NOT_REVERTIBLE');
  });
});
