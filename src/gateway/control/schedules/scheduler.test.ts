import { describe, expect, it } from 'vitest';
import { flagSchema } from '#contract/documents/flag.ts';
import { operations } from '#contract/operations/index.ts';
import { createPerformer } from '../commands/perform.ts';
import { createMemoryStore } from '../memory-store.ts';
import { call, codeOf, createControlRoom, serviceOf, unwrap } from '../testing/control-room.ts';
import { scheduleCommands } from './commands.ts';
import { refusal } from './may-wait.ts';
import { createScheduler, longestLateMs } from './scheduler.ts';

const plain = { dryRun: false };
const minute = 60_000;
const checkout = (more: object = {}) => flagSchema.parse({ variants: { on: true, off: false }, defaultVariant: 'off', ...more });
const turnOn = { operation: 'flag.set', input: { id: 'checkout', defaultVariant: 'on' } };

/** A control room with a flag, and a scheduler that looks when it is told to. `again`: the same store in another process. */
async function createScene(again?: { readonly store: ReturnType<typeof createMemoryStore>; readonly clock: { now: number } }) {
  const clock = again?.clock ?? { now: 1_750_000_000_000 };
  const now = () => clock.now;
  const store = again?.store ?? createMemoryStore(now);
  const room = await createControlRoom({ store });
  const trouble: string[] = [];
  const performer = createPerformer(() => service);
  const handlers = { ...room.handlers, ...scheduleCommands({ store, performer, now }) };
  const service = serviceOf(handlers);
  const scheduler = createScheduler({
    store,
    performer,
    now,
    onTrouble: (_id, detail) => void trouble.push(detail),
    onBug: (bug) => {
      throw bug;
    },
  });
  if (again === undefined) unwrap(await handlers['flag.put']({ ...plain, id: 'checkout', value: checkout() }, call()));
  const flag = () => store.get('flag', 'checkout')?.value?.defaultVariant;
  const schedule = (id: string) => store.get('schedule', id)?.value ?? null;
  const put = (more: Partial<Parameters<(typeof handlers)['schedule.put']>[0]> = {}) =>
    handlers['schedule.put']({ ...plain, run: turnOn, undoAt: null, reason: 'the sale begins', ...more }, call());
  const at = async (ms: number) => {
    clock.now = ms;
    await scheduler.look();
  };
  return { clock, store, handlers, scheduler, trouble, flag, schedule, put, at, begin: clock.now };
}

describe('a scheduled change', () => {
  it('runs at its time, as the person who scheduled it, for that reason, and once', async () => {
    const { store, put, at, begin, flag, schedule } = await createScene();
    const { id, preview } = unwrap(await put({ at: begin + minute }));
    expect(preview).toEqual({ revision: 2 });
    await at(begin + minute - 1);
    expect(flag()).toBe('off');
    await at(begin + minute);
    await at(begin + minute + 1);
    expect(flag()).toBe('on');
    expect(store.get('flag', 'checkout')).toMatchObject({ revision: 2, by: 'ada', reason: `the sale begins (scheduled: ${id})` });
    expect(schedule(id)).toMatchObject({ state: 'applied', covered: [{ kind: 'flag', id: 'checkout', before: 1, after: 2 }], detail: '' });
  });

  it('is tried when it is scheduled: what the command would refuse is refused now', async () => {
    const { put, store } = await createScene();
    const refused = await put({ run: { operation: 'flag.set', input: { id: 'checkout', defaultVariant: 'blue' } } });
    expect(codeOf(refused)).toBe('INPUT_INVALID');
    expect(codeOf(await put({ run: { operation: 'flag.sett', input: {} } }))).toBe('OPERATION_UNKNOWN');
    expect(codeOf(await put({ run: { operation: 'flag.set', input: { id: 'checkout', colour: 1 } } }))).toBe('INPUT_INVALID');
    expect(store.list('schedule')).toEqual([]);
    const long = { operation: 'flag.put', input: { id: 'checkout', value: { note: 'x'.repeat(70_000) } } };
    expect(operations['schedule.put'].input.safeParse({ run: long }).success).toBe(false);
  });

  it.each([
    ['a question', 'document.list', {}, 'SCHEDULE_REFUSED'],
    ['what carries a secret', 'credential.bind', {}, 'SCHEDULE_REFUSED'],
    ['what names a person', 'consent.set', {}, 'SCHEDULE_REFUSED'],
    ['what holds an event', 'deadLetter.edit', {}, 'SCHEDULE_REFUSED'],
    ['another schedule', 'schedule.put', {}, 'SCHEDULE_REFUSED'],
    ['a removal without a reason', 'flag.remove', { id: 'checkout', confirm: 'checkout' }, 'REASON_REQUIRED'],
    ['a removal without its name', 'flag.remove', { id: 'checkout' }, 'CONFIRMATION_REQUIRED'],
    ['a drop without its name', 'switch.set', { scope: { type: 'everything' }, mode: 'drop' }, 'CONFIRMATION_REQUIRED'],
  ] as const)('is not %s', (_what, operation, input, code) => {
    const reason = code === 'REASON_REQUIRED' ? '' : 'because';
    expect(refusal(operations[operation], { operation, input }, null, reason)?.code).toBe(code);
  });

  it('does not lie in the past, nor end before it begins', async () => {
    const { put, begin } = await createScene();
    expect(codeOf(await put({ at: begin - 2 * minute }))).toBe('INPUT_INVALID');
    expect(codeOf(await put({ at: begin + minute, undoAt: begin + minute }))).toBe('INPUT_INVALID');
  });

  it('swallows no change that somebody made until then', async () => {
    const { put, at, begin, handlers, flag, schedule, trouble } = await createScene();
    const run = { operation: 'flag.put', input: { id: 'checkout', value: checkout({ defaultVariant: 'on' }) } };
    const { id } = unwrap(await put({ run, at: begin + minute }));
    unwrap(await handlers['flag.put']({ ...plain, id: 'checkout', value: checkout({ description: 'a new one' }) }, call({ by: 'bob' })));
    await at(begin + minute);
    expect(flag()).toBe('off');
    expect(schedule(id)).toMatchObject({ state: 'failed', detail: expect.stringContaining('Somebody changed this meanwhile') });
    expect(trouble).toHaveLength(1);
  });

  it('is changed while it waits, and called off', async () => {
    const { put, at, begin, handlers, flag, schedule } = await createScene();
    const { id } = unwrap(await put({ at: begin + minute }));
    unwrap(await put({ id, at: begin + 5 * minute }));
    await at(begin + minute);
    expect(flag()).toBe('off');
    unwrap(await handlers['schedule.cancel']({ ...plain, id }, call()));
    await at(begin + 5 * minute);
    expect(schedule(id)).toMatchObject({ state: 'cancelled' });
    expect(flag()).toBe('off');
    expect(codeOf(await handlers['schedule.cancel']({ ...plain, id }, call()))).toBe('SCHEDULE_OVER');
    expect(codeOf(await put({ id, at: begin + 9 * minute }))).toBe('SCHEDULE_OVER');
  });

  it('is tried again where it may succeed later, and holds up no other', async () => {
    const { put, at, begin, schedule, store, flag } = await createScene();
    const stuck = unwrap(await put({ at: begin + 1 }));
    const other = unwrap(await put({ run: { operation: 'flag.put', input: { id: 'sale', value: checkout() } }, at: begin + 2 }));
    const commit = store.commit;
    const full = { ok: false, error: { code: 'CONTROL_STORE_FAILED', retryable: true } };
    Object.assign(store, {
      commit: (...args: Parameters<typeof commit>) => (args[1].action === 'flag.set' ? full : commit(...args)),
    });
    await at(begin + 2);
    expect([schedule(stuck.id)?.state, schedule(other.id)?.state]).toEqual(['waiting', 'applied']);
    Object.assign(store, { commit });
    await at(begin + 5000);
    expect([schedule(stuck.id)?.state, flag()]).toEqual(['applied', 'on']);
  });

  it('answers a command that is sent again with what it did first', async () => {
    const { handlers, store, begin } = await createScene();
    const context = call();
    const input = { ...plain, run: turnOn, at: begin + minute, undoAt: null };
    const first = unwrap(await handlers['schedule.put'](input, context));
    const second = unwrap(await handlers['schedule.put'](input, context));
    expect(second).toMatchObject({ id: first.id, revision: 1 });
    expect(store.list('schedule')).toHaveLength(1);
  });
});

describe('an override that expires', () => {
  it('puts back what it covered', async () => {
    const { put, at, begin, flag, schedule, store } = await createScene();
    const before = store.get('flag', 'checkout')?.value;
    const { id } = unwrap(await put({ undoAt: begin + 10 * minute }));
    await at(begin);
    expect(flag()).toBe('on');
    expect(schedule(id)).toMatchObject({ state: 'applied', endedAt: null });
    await at(begin + 10 * minute);
    expect(store.get('flag', 'checkout')).toMatchObject({
      value: before,
      by: 'ada',
      reason: `the sale begins (scheduled: ${id}): it expired`,
    });
    expect(schedule(id)).toMatchObject({ state: 'undone', detail: '' });
  });

  it('removes what it added', async () => {
    const { put, at, begin, store } = await createScene();
    unwrap(await put({ run: { operation: 'flag.put', input: { id: 'sale', value: checkout() } }, undoAt: begin + minute }));
    await at(begin);
    expect(store.get('flag', 'sale')?.value).not.toBeNull();
    await at(begin + minute);
    expect(store.get('flag', 'sale')).toMatchObject({ revision: 2, value: null });
  });

  it('leaves alone what somebody changed since, and says so', async () => {
    const { put, at, begin, handlers, flag, schedule, trouble } = await createScene();
    const { id } = unwrap(await put({ undoAt: begin + 10 * minute }));
    await at(begin);
    unwrap(
      await handlers['flag.put'](
        { ...plain, id: 'checkout', value: checkout({ defaultVariant: 'on', owner: 'bob' }) },
        call({ by: 'bob' }),
      ),
    );
    await at(begin + 10 * minute);
    expect(flag()).toBe('on');
    expect(schedule(id)?.state).toBe('failed');
    expect(schedule(id)?.detail).toBe('It was not put back: bob changed flag checkout since (revision 3). It stays as it is.');
    expect(trouble).toHaveLength(1);
  });

  it('has nothing to do where somebody put it back by hand', async () => {
    const { put, at, begin, handlers, schedule, store } = await createScene();
    const { id } = unwrap(await put({ undoAt: begin + 10 * minute }));
    await at(begin);
    unwrap(await handlers['document.revert']({ ...plain, kind: 'flag', id: 'checkout', toRevision: 1 }, call()));
    await at(begin + 10 * minute);
    expect(schedule(id)).toMatchObject({ state: 'undone', detail: 'Somebody had put it back already.' });
    expect(store.get('flag', 'checkout')?.revision).toBe(3);
  });

  it('can be kept, made longer, and ended at once', async () => {
    const { put, at, begin, handlers, flag, schedule } = await createScene();
    const { id } = unwrap(await put({ undoAt: begin + minute }));
    await at(begin);
    unwrap(await put({ id, undoAt: begin + 5 * minute }));
    await at(begin + minute);
    expect(flag()).toBe('on');
    expect(codeOf(await put({ id, run: { operation: 'flag.set', input: { id: 'checkout', defaultVariant: 'off' } } }))).toBe(
      'INPUT_INVALID',
    );
    unwrap(await put({ id, undoAt: begin + minute }));
    await at(begin + minute);
    expect(flag()).toBe('off');

    const kept = unwrap(await put({ undoAt: begin + 9 * minute }));
    await at(begin + minute);
    unwrap(await handlers['schedule.cancel']({ ...plain, id: kept.id }, call()));
    await at(begin + 9 * minute);
    expect(flag()).toBe('on');
    expect(schedule(kept.id)).toMatchObject({ state: 'applied', undoAt: null });
  });

  it('is refused where no earlier value can be written again', async () => {
    const { put, begin } = await createScene();
    const undoAt = begin + minute;
    expect(codeOf(await put({ run: { operation: 'flag.remove', input: { id: 'checkout', confirm: 'checkout' } }, undoAt }))).toBe(
      'SCHEDULE_REFUSED',
    );
    const park = { operation: 'switch.set', input: { scope: { type: 'everything' }, mode: 'park' } };
    expect(refusal(operations['switch.set'], park, null, '')).toBeNull();
    expect(refusal(operations['switch.set'], park, undoAt, '')).toMatchObject({ details: { use: 'forMs of switch.set' } });
    const back = { operation: 'document.revert', input: { kind: 'breaker', id: 'hook', toRevision: 1 } };
    expect(refusal(operations['document.revert'], back, undoAt, '')).toMatchObject({ details: { use: 'breaker.force' } });
  });
});

describe('a gateway that was not running', () => {
  it('runs late what was due a moment ago, and says so', async () => {
    const scene = await createScene();
    const { id } = unwrap(await scene.put({ at: scene.begin + minute }));
    const next = await createScene(scene);
    await next.at(scene.begin + 6 * minute);
    expect(next.flag()).toBe('on');
    expect(next.schedule(id)?.detail).toBe('It ran 5 min late: the gateway did not run, or its clock jumped.');
  });

  it('does not run what nobody expects any more', async () => {
    const scene = await createScene();
    const { id } = unwrap(await scene.put({ at: scene.begin + minute }));
    const other = unwrap(await scene.put({ at: scene.begin + minute, undoAt: scene.begin + 2 * minute }));
    const next = await createScene(scene);
    await next.at(scene.begin + 2 * minute + 1);
    expect(next.schedule(other.id)).toMatchObject({ state: 'failed', detail: expect.stringContaining('Its time is over') });
    const late = await createScene(scene);
    unwrap(await late.put({ id: 'late', at: late.clock.now + minute }));
    await late.at(late.clock.now + minute + longestLateMs + 1);
    expect(late.schedule('late')).toMatchObject({
      state: 'failed',
      detail: expect.stringContaining('It was missed: it was due 15 min ago'),
    });
    expect(next.schedule(id)?.state).toBe('applied');
  });

  it('puts back what expired, however late', async () => {
    const scene = await createScene();
    const { id } = unwrap(await scene.put({ undoAt: scene.begin + minute }));
    await scene.at(scene.begin);
    const next = await createScene(scene);
    await next.at(scene.begin + 300 * minute);
    expect(next.flag()).toBe('off');
    expect(next.schedule(id)).toMatchObject({ state: 'undone', detail: expect.stringContaining('It was put back 5 h late') });
  });

  it('does not run again what ran just before it was killed', async () => {
    const scene = await createScene();
    const { id } = unwrap(await scene.put({ at: scene.begin + minute, undoAt: scene.begin + 5 * minute }));
    const commit = scene.store.commit;
    // Killed between the command and the note that it ran.
    Object.assign(scene.store, {
      commit: (...args: Parameters<typeof commit>) =>
        args[1].action === 'schedule.applied' ? { ok: false, error: { code: 'CONTROL_STORE_FAILED' } } : commit(...args),
    });
    await scene.at(scene.begin + minute);
    expect(scene.schedule(id)?.state).toBe('waiting');
    Object.assign(scene.store, { commit });
    const next = await createScene(scene);
    await next.at(scene.begin + minute + 1);
    expect(next.store.get('flag', 'checkout')?.revision).toBe(2);
    expect(next.schedule(id)).toMatchObject({ state: 'applied', covered: [{ before: 1, after: 2 }] });
    await next.at(scene.begin + 5 * minute);
    expect(next.flag()).toBe('off');
  });
});
