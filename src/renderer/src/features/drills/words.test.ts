import { describe, expect, it } from 'vitest';
import { type Drill, drillKinds } from '#contract/documents/drill.ts';
import { drillTitles, standingOf, timesOf } from './words.ts';

const drill: Drill = {
  kind: 'slow-vendor',
  destination: 'crm',
  touches: ['crm'],
  phase: 'done',
  outcome: 'passed',
  startedAt: 1000,
  brokenAt: 1000,
  detectedAt: 2440,
  detectedBy: 'health of crm: degraded',
  liftedAt: 11_000,
  recoveredAt: 18_000,
  endedAt: 18_000,
  note: '',
};

describe('a drill in words', () => {
  it('has a title whatever its kind', () => {
    for (const kind of drillKinds) expect(drillTitles[kind]).not.toBe('');
  });

  it('says how far it is and how it ended', () => {
    expect(standingOf({ ...drill, phase: 'breaking', detectedAt: null }).word).toBe('Broken, not noticed yet');
    expect(standingOf({ ...drill, phase: 'breaking' }).word).toBe('Broken and noticed');
    expect(standingOf({ ...drill, phase: 'recovering' })).toEqual({ word: 'Recovering', mark: 'degraded' });
    expect(standingOf(drill)).toEqual({ word: 'Passed', mark: 'healthy' });
    expect(standingOf({ ...drill, outcome: 'undetected' }).word).toBe('Nobody would have noticed');
    expect(standingOf({ ...drill, outcome: 'aborted' }).mark).toBe('none');
  });

  it('gives its times, and a dash for what did not happen', () => {
    expect(timesOf(drill)).toEqual({ toDetect: '1.44 s', toRecover: '7.00 s' });
    expect(timesOf({ ...drill, detectedAt: null, recoveredAt: null })).toEqual({ toDetect: '–', toRecover: '–' });
  });
});
