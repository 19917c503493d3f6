import { beforeEach, describe, expect, it } from 'vitest';
import { playbookSchema } from '#contract/documents/playbook.ts';
import type { Result } from '#contract/result.ts';
import { provideBuiltIn } from '../playbooks/built-in.ts';
import { call, codeOf, createControlRoom, hook, unwrap } from '../testing/control-room.ts';

type Room = Awaited<ReturnType<typeof createControlRoom>>;
let room: Room;
const start = (destination = 'hook', more: object = {}) =>
  room.handlers['playbook.start']({ dryRun: false, playbook: 'vendor-outage', parameters: { destination }, ...more }, call());
const begun = async () => unwrap(await start()).run;
const say = (run: string, step: string, state: 'open' | 'done' | 'skipped' | 'failed', more: object = {}, by = 'ada') =>
  room.handlers['playbook.step']({ dryRun: false, run, step, state, note: '', ...more }, call({ by }));
const stepOf = (run: string, id: string) => room.store.get('playbook-run', run)?.value?.steps.find(({ step }) => step.id === id);
const issuesOf = (result: Result<unknown>) =>
  result.ok ? [] : (result.error.details?.issues as readonly { path: string; message: string }[]);

beforeEach(async () => {
  room = await createControlRoom();
  unwrap(provideBuiltIn(room.store));
  unwrap(await room.handlers['destination.put']({ dryRun: false, id: 'hook', value: hook() }, call()));
});

describe('a playbook', () => {
  it('comes with Sluice once: what somebody changes or removes stays so', async () => {
    const before = room.store.headSeq();
    unwrap(provideBuiltIn(room.store));
    expect(room.store.headSeq()).toBe(before);
    const value = unwrap({ ok: true, value: room.store.get('playbook', 'vendor-outage')?.value ?? null });
    if (value === null) throw new Error('it is not there');
    unwrap(await room.handlers['playbook.put']({ dryRun: false, id: 'vendor-outage', value: { ...value, title: 'Ours' } }, call()));
    unwrap(provideBuiltIn(room.store));
    expect(room.store.get('playbook', 'vendor-outage')?.value?.title).toBe('Ours');
  });

  it('is refused with every step that cannot be followed', async () => {
    const value = playbookSchema.parse({
      title: 'Wrong',
      parameters: [{ name: 'destination', title: 'Which', type: 'destination' }],
      steps: [
        { type: 'manual', id: 'look', title: 'Look' },
        { type: 'command', id: 'look', title: 'Park', operation: 'switch.set', input: { scope: '{destinaton}' } },
        { type: 'command', id: 'read', title: 'Read', operation: 'audit.list' },
      ],
    });
    expect(issuesOf(await room.handlers['playbook.put']({ dryRun: false, id: 'wrong', value }, call()))).toEqual([
      { path: 'value.steps.1.id', message: 'there is another step look' },
      { path: 'value.steps.1.input', message: 'there is no parameter destinaton' },
      { path: 'value.steps.2.operation', message: 'is not a command' },
    ]);
  });
});

describe('a run of a playbook', () => {
  it('begins with its parameters, each of which must make sense', async () => {
    expect(issuesOf(await start(''))).toEqual([{ path: 'parameters.destination', message: 'is missing' }]);
    expect(issuesOf(await start('nobody'))).toEqual([{ path: 'parameters.destination', message: 'there is no destination nobody' }]);
    expect(codeOf(await start('hook', { playbook: 'never' }))).toBe('DOCUMENT_NOT_FOUND');
    const run = await begun();
    expect(room.store.get('playbook-run', run)?.value).toMatchObject({ title: 'Vendor outage', state: 'running', startedBy: 'ada' });
  });

  it('keeps who said what of each step, takes it back, and ends', async () => {
    const run = await begun();
    unwrap(await say(run, 'them-or-us', 'done', { note: 'their status page says so' }, 'grace'));
    expect(stepOf(run, 'them-or-us')).toMatchObject({ state: 'done', by: 'grace', note: 'their status page says so', at: room.clock.now });
    unwrap(await say(run, 'tell', 'skipped'));
    unwrap(await say(run, 'tell', 'open'));
    expect(stepOf(run, 'tell')).toMatchObject({ state: 'open', by: '', at: null });
    expect(codeOf(await say(run, 'never', 'done'))).toBe('DOCUMENT_NOT_FOUND');
    unwrap(await room.handlers['playbook.end']({ dryRun: false, run, state: 'done' }, call()));
    expect(codeOf(await say(run, 'tell', 'done'))).toBe('PLAYBOOK_RUN_ENDED');
  });

  it('loses neither of two people who say something at once', async () => {
    const run = await begun();
    unwrap(await say(run, 'them-or-us', 'done', { expectedRevision: 1 }));
    expect(codeOf(await say(run, 'tell', 'done', { expectedRevision: 1 }))).toBe('DOCUMENT_CONFLICT');
    expect(stepOf(run, 'them-or-us')?.state).toBe('done');
  });

  it('says which command a step gave, and only one that was applied', async () => {
    const run = await begun();
    const claim = call();
    unwrap((await room.handlers['destination.claim']({ dryRun: false, id: 'hook', owner: 'ada' }, claim)) as Result<unknown>);
    unwrap(await say(run, 'park', 'done', { givenCommand: claim.commandId }));
    expect(stepOf(run, 'park')?.commandId).toBe(claim.commandId);
    expect(codeOf(await say(run, 'open', 'done', { givenCommand: 'never-given' }))).toBe('COMMAND_UNKNOWN');
  });

  it('goes on as it began where its playbook is changed', async () => {
    const run = await begun();
    const value = playbookSchema.parse({ title: 'Shorter', steps: [{ type: 'manual', id: 'only', title: 'Only this' }] });
    unwrap(await room.handlers['playbook.put']({ dryRun: false, id: 'vendor-outage', value }, call()));
    expect(room.store.get('playbook-run', run)?.value?.steps).toHaveLength(8);
  });
});
