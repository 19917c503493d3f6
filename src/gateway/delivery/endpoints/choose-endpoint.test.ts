import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Choice, chooseEndpoint, type EndpointView, healthyNeededMs, relapseMs } from './choose-endpoint.ts';

const policy = { healthyMs: 30_000, dwellMs: 60_000 };
const start = 1_000_000;

const choiceOf = (more: Partial<Choice> = {}): Choice => ({
  active: 'primary',
  domain: 'primary',
  since: start,
  why: '',
  pinned: false,
  isReturn: false,
  relapses: 0,
  ...more,
});
const view = (id: string, more: Partial<EndpointView> = {}): EndpointView => ({
  id,
  domain: id,
  breaker: 'closed',
  why: '',
  healthySince: null,
  isFailing: false,
  ...more,
});
const broken = { breaker: 'open', why: '15 of 20 requests failed' } as const;

describe('choosing an endpoint', () => {
  it('stays with the first while it works', () => {
    const choice = choiceOf();
    expect(chooseEndpoint(choice, [view('primary'), view('eu')], policy, start + 1e9)).toBe(choice);
  });

  it('fails over at once when the breaker opens, to the first that is fit, and says why', () => {
    const views = [view('primary', broken), view('eu', { isFailing: true }), view('us')];
    expect(chooseEndpoint(choiceOf(), views, policy, start + 1)).toMatchObject({
      active: 'us',
      domain: 'us',
      since: start + 1,
      why: 'primary failed: 15 of 20 requests failed',
    });
  });

  it('stays where nothing is fit, and tries one in doubt only after the dwell time', () => {
    const choice = choiceOf();
    const views = [view('primary', broken), view('eu', { breaker: 'half-open' })];
    expect(chooseEndpoint(choice, views, policy, start + policy.dwellMs - 1)).toBe(choice);
    expect(chooseEndpoint(choice, views, policy, start + policy.dwellMs)).toMatchObject({ active: 'eu' });
  });

  it('fails back once the first was healthy for long enough and the second had its time', () => {
    const choice = choiceOf({ active: 'eu' });
    const healthySince = start + 50_000;
    const views = [view('primary', { healthySince }), view('eu')];
    expect(chooseEndpoint(choice, views, policy, start + policy.dwellMs)).toBe(choice);
    expect(chooseEndpoint(choice, views, policy, healthySince + policy.healthyMs)).toMatchObject({
      active: 'primary',
      isReturn: true,
      why: 'primary is healthy again, for 30 s',
    });
  });

  it('asks for twice as long after each relapse, and forgets them once a return held', () => {
    let choice = choiceOf({ isReturn: true });
    choice = chooseEndpoint(choice, [view('primary', broken), view('eu')], policy, start + 1000);
    expect(choice).toMatchObject({ active: 'eu', relapses: 1 });
    const healthySince = start + 2000;
    const views = [view('primary', { healthySince }), view('eu')];
    expect(chooseEndpoint(choice, views, policy, healthySince + 2 * policy.healthyMs - 1)).toBe(choice);
    const returned = chooseEndpoint(choice, views, policy, healthySince + 2 * policy.healthyMs);
    expect(returned).toMatchObject({ active: 'primary', relapses: 1 });
    const later = chooseEndpoint(returned, [view('primary', broken), view('eu')], policy, returned.since + relapseMs);
    expect(later).toMatchObject({ active: 'eu', relapses: 0 });
  });

  it('leaves alone what a person chose, unless it is gone', () => {
    const choice = choiceOf({ active: 'eu', pinned: true });
    expect(chooseEndpoint(choice, [view('primary', { healthySince: 0 }), view('eu', broken)], policy, start + 1e9)).toBe(choice);
    expect(chooseEndpoint(choice, [view('primary', broken), view('us')], policy, start)).toMatchObject({
      active: 'us',
      pinned: false,
      why: 'eu is an endpoint no more',
    });
  });
});

describe('whatever happens to three endpoints', () => {
  const ids = ['primary', 'eu', 'us'];
  const moment = fc.record({
    afterMs: fc.integer({ min: 1, max: 40_000 }),
    breakers: fc.tuple(...ids.map(() => fc.constantFrom('closed' as const, 'closed' as const, 'open' as const, 'half-open' as const))),
    probes: fc.tuple(...ids.map(() => fc.boolean())),
  });

  it('one is active, a failure or a full wait explains each change, and a return waits as long as it must', () => {
    fc.assert(
      fc.property(fc.array(moment, { maxLength: 60 }), (moments) => {
        let now = start;
        let choice = choiceOf();
        const healthySince = new Map<string, number | null>(ids.map((id) => [id, null]));
        for (const { afterMs, breakers, probes } of moments) {
          now += afterMs;
          const views = ids.map((id, index) => {
            const isGood = probes[index] as boolean;
            healthySince.set(id, isGood ? (healthySince.get(id) ?? now) : null);
            return view(id, {
              breaker: breakers[index] as EndpointView['breaker'],
              healthySince: healthySince.get(id) as number | null,
              isFailing: !isGood,
            });
          });
          const before = views.find(({ id }) => id === choice.active) as EndpointView;
          const next = chooseEndpoint(choice, views, policy, now);
          const after = views.find(({ id }) => id === next.active) as EndpointView;
          expect(ids).toContain(next.active);
          expect(chooseEndpoint(choice, views, policy, now)).toEqual(next);
          if (next === choice) continue;
          expect({ active: next.active === choice.active, since: next.since, domain: next.domain }).toEqual({
            active: false,
            since: now,
            domain: after.domain,
          });
          const waited = now - choice.since;
          if (before.breaker === 'open') {
            // Forced: to one that is fit, or to one in doubt after the dwell time.
            const isHealthy = after.healthySince !== null && now - after.healthySince >= policy.healthyMs;
            const isFit = (after.breaker === 'closed' && !after.isFailing) || isHealthy;
            expect(isFit || (waited >= policy.dwellMs && after.breaker !== 'open')).toBe(true);
          } else {
            expect(ids.indexOf(next.active)).toBeLessThan(ids.indexOf(choice.active));
            expect(waited).toBeGreaterThanOrEqual(policy.dwellMs);
            expect(now - (after.healthySince as number)).toBeGreaterThanOrEqual(healthyNeededMs(policy, choice.relapses));
          }
          choice = next;
        }
      }),
    );
  });
});
