import { describe, expect, it } from 'vitest';
import { flagSchema } from '#contract/documents/flag.ts';
import { toGatewayEvent } from '#gateway/pipeline/to-event.ts';
import { compileFlags } from './flag-set.ts';
import { isOn } from './gate.ts';

const set = (value: object) =>
  compileFlags([
    { id: 'rollout', revision: 1, value: flagSchema.parse({ variants: { on: true, off: false }, defaultVariant: 'off', ...value }) },
  ]);
const event = (json: object, type: 'track' | 'identify' | 'group' = 'track') =>
  toGatewayEvent({ userId: 'ada', ...json }, { source: 'web', receivedAt: 0, type });
const pro = { targeting: { if: [{ '===': [{ var: 'plan' }, 'pro'] }, 'on'] } };

describe('a rollout lets through', () => {
  it('the same people always, by user, or by device where no user is known', () => {
    const half = set({
      targeting: {
        fractional: [
          ['on', 50],
          ['off', 50],
        ],
      },
    });
    for (let person = 0; person < 50; person++) {
      const as = isOn(half, 'rollout', event({ userId: `u${person}` }));
      expect(isOn(half, 'rollout', event({ userId: `u${person}`, event: 'Other', anonymousId: 'x', properties: { a: 1 } }, 'track'))).toBe(
        as,
      );
      expect(isOn(half, 'rollout', event({ userId: null, anonymousId: `u${person}` }))).toBe(as);
    }
  });

  it('whoever a segment names: by traits, where an identify and where a track has them', () => {
    expect(isOn(set(pro), 'rollout', event({ traits: { plan: 'pro' } }, 'identify'))).toBe(true);
    expect(isOn(set(pro), 'rollout', event({ context: { traits: { plan: 'pro' } } }))).toBe(true);
    expect(isOn(set(pro), 'rollout', event({}))).toBe(false);
  });

  it('nobody for the traits of his group, and nobody who calls himself another', () => {
    expect(isOn(set(pro), 'rollout', event({ traits: { plan: 'pro' } }, 'group'))).toBe(false);
    const fromApp = set({ targeting: { if: [{ '===': [{ var: 'source' }, 'app'] }, 'on'] } });
    expect(isOn(fromApp, 'rollout', event({ traits: { source: 'app' } }, 'identify'))).toBe(false);
  });

  it('by source, event name, type and group', () => {
    const asks = (rule: object) => set({ targeting: { if: [rule, 'on'] } });
    expect(isOn(asks({ '===': [{ var: 'source' }, 'web'] }), 'rollout', event({}))).toBe(true);
    expect(isOn(asks({ '===': [{ var: 'event' }, 'Order'] }), 'rollout', event({ event: 'Order' }))).toBe(true);
    expect(isOn(asks({ '===': [{ var: 'type' }, 'track'] }), 'rollout', event({}))).toBe(true);
    expect(isOn(asks({ '===': [{ var: 'groupId' }, 'acme'] }), 'rollout', event({ context: { groupId: 'acme' } }))).toBe(true);
  });

  it('nothing where the flag is missing, disabled, not a boolean or broken', () => {
    const on = { defaultVariant: 'on' };
    expect(isOn(set(on), 'rollout', event({}))).toBe(true);
    expect(isOn(set(on), 'gone', event({}))).toBe(false);
    expect(isOn(set({ ...on, state: 'DISABLED' }), 'rollout', event({}))).toBe(false);
    expect(isOn(set({ ...on, variants: { on: 'yes' } }), 'rollout', event({}))).toBe(false);
    expect(isOn(set({ ...on, targeting: { if: [true, 'no such variant'] } }), 'rollout', event({}))).toBe(false);
  });
});
