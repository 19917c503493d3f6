import { describe, expect, it } from 'vitest';
import type { PlaybookStep, RunStep } from '#contract/documents/playbook.ts';
import { commandOf, nextStep, progressWords } from './words.ts';

const manual = (id: string): PlaybookStep => ({ type: 'manual', id, title: id, note: '' });
const entry = (step: PlaybookStep, state: RunStep['state']): RunStep => ({ step, state, by: '', at: null, note: '', commandId: null });

describe('a run of a playbook', () => {
  it('counts what was looked at, and knows what comes next', () => {
    const steps = [entry(manual('a'), 'done'), entry(manual('b'), 'failed'), entry(manual('c'), 'open'), entry(manual('d'), 'skipped')];
    expect(progressWords({ steps })).toBe('3 of 4 steps');
    expect(nextStep({ steps })?.step.id).toBe('c');
    expect(nextStep({ steps: steps.filter(({ state }) => state !== 'open') })).toBeNull();
  });

  it('fills its parameters into a command, and only those that it has', () => {
    const step = (operation: string): PlaybookStep => ({
      ...{ type: 'command', id: 'park', title: 'Park', note: '' },
      operation,
      input: { scope: { type: 'destination', destination: '{destination}' }, tags: ['{constructor}', 'x-{destination}'], pace: 5 },
    });
    expect(commandOf(step('switch.set'), { destination: 'hook' })?.input).toEqual({
      scope: { type: 'destination', destination: 'hook' },
      tags: ['{constructor}', 'x-hook'],
      pace: 5,
    });
    expect(commandOf(step('gone.operation'), { destination: 'hook' })).toBeNull();
    expect(commandOf(manual('a'), {})).toBeNull();
  });
});
