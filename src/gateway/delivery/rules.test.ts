import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Switch, switchSchema } from '#contract/documents/switch.ts';
import { toGatewayEvent } from '#gateway/pipeline/to-event.ts';
import { compileRules, type SwitchInForce } from './rules.ts';

const flip = (value: unknown): SwitchInForce => ({ value: switchSchema.parse(value), by: 'ana', reason: 'r', at: 5 });
const subject = (seq: number, source = 'web', name = 'Order', receivedAt = 1000) => {
  const event = toGatewayEvent({ messageId: `m${seq}`, event: name, userId: 'u' }, { source, receivedAt, type: 'track' });
  return { seq, gen: 0, source, receivedAt, event };
};
const everything = { type: 'everything' } as const;
const hubspot = { type: 'destination', destination: 'hubspot' } as const;

describe('the switches in force at a destination', () => {
  it('lets everything flow when no switch is set', () => {
    const rules = compileRules('hubspot', [], []);
    expect(rules.isPlain).toBe(true);
    expect(rules.desired).toBe('flow');
    expect(rules.fateOf(subject(1))).toBe('flow');
  });

  it('parks the whole lane for everything and for its own destination, and leaves the others alone', () => {
    for (const scope of [everything, hubspot]) {
      const rules = compileRules('hubspot', [flip({ scope, mode: 'park' })], []);
      expect(rules.parked?.why).toContain('ana');
      expect(rules.desired).toBe('park');
    }
    expect(compileRules('meta', [flip({ scope: hubspot, mode: 'park' })], []).parked).toBeNull();
  });

  it('holds single events under a source or event-name park, while the lane goes on', () => {
    const rules = compileRules('hubspot', [flip({ scope: { type: 'event', event: 'Order' }, mode: 'park' })], []);
    expect(rules.parked).toBeNull();
    expect(rules.fateOf(subject(1))).toBe('hold');
    expect(rules.fateOf(subject(1, 'web', 'Other'))).toBe('flow');
  });

  it('drops only what came after the command, unless the backlog was included', () => {
    const rules = compileRules('hubspot', [flip({ scope: hubspot, mode: 'drop', fromSeq: 10 })], []);
    expect(rules.fateOf(subject(10))).toBe('flow');
    expect(rules.fateOf(subject(11))).toBe('drop');
    expect(rules.desired).toBe('drop');
  });

  it('holds rather than drops where both apply', () => {
    const rules = compileRules(
      'hubspot',
      [flip({ scope: hubspot, mode: 'drop' }), flip({ scope: { type: 'source', source: 'web' }, mode: 'park' })],
      [],
    );
    expect(rules.fateOf(subject(1))).toBe('hold');
    expect(rules.fateOf(subject(1, 'ios'))).toBe('drop');
  });

  it('treats the backlog as the opening says, and everything later as flowing', () => {
    const opened = (backlog: unknown) =>
      compileRules('hubspot', [flip({ scope: hubspot, mode: 'flow', opening: { backlog, throughSeq: 100 } })], []);
    expect(opened({ choice: 'drain' }).fateOf(subject(5))).toBe('flow');
    expect(opened({ choice: 'fromNow' }).fateOf(subject(5))).toBe('hold');
    expect(opened({ choice: 'discard' }).fateOf(subject(5))).toBe('drop');
    expect(opened({ choice: 'newer', sinceMs: 900 }).fateOf(subject(5))).toBe('flow');
    expect(opened({ choice: 'newer', sinceMs: 2000 }).fateOf(subject(5))).toBe('hold');
    for (const choice of ['drain', 'fromNow', 'discard']) expect(opened({ choice }).fateOf(subject(101))).toBe('flow');
  });

  it('obeys the hold file as a park that nobody can lift from afar', () => {
    const rules = compileRules('hubspot', [], [{ scope: everything, stop: { why: 'hold file', since: 1 } }]);
    expect(rules.parked?.why).toBe('hold file');
  });

  it('asks the gate where nothing else stops an event, and each time anew', () => {
    let isForbidden = true;
    const rules = compileRules('hubspot', [], [], () => isForbidden);
    expect(rules).toMatchObject({ isPlain: false, isGated: true, parked: null });
    expect(rules.fateOf(subject(1))).toBe('suppress');
    isForbidden = false;
    expect(rules.fateOf(subject(1))).toBe('flow');
    isForbidden = true;
    const held = compileRules('hubspot', [flip({ scope: { type: 'source', source: 'web' }, mode: 'park' })], [], () => isForbidden);
    expect(held.fateOf(subject(1))).toBe('hold');
    expect(compileRules('hubspot', [flip({ scope: hubspot, mode: 'drop' })], [], () => isForbidden).fateOf(subject(1))).toBe('drop');
  });

  it('always gives the strictest fate, whatever the order of the switches', () => {
    const scope = fc.constantFrom({ type: 'source', source: 'web' }, { type: 'event', event: 'Order' }, hubspot, everything);
    const value = fc.record({ scope, mode: fc.constantFrom('flow', 'park', 'drop'), fromSeq: fc.nat(20) });
    fc.assert(
      fc.property(fc.array(value, { maxLength: 5 }), fc.nat(30), (values, seq) => {
        const switches = values.map(flip);
        const there = compileRules('hubspot', switches, []);
        const back = compileRules('hubspot', switches.toReversed(), []);
        expect(there.fateOf(subject(seq))).toBe(back.fateOf(subject(seq)));
        const modes = switches
          .map((entry): Switch => entry.value)
          .filter((each) => each.mode !== 'drop' || seq > each.fromSeq)
          .map((each) => each.mode);
        const expected = modes.includes('park') ? 'hold' : modes.includes('drop') ? 'drop' : 'flow';
        expect(there.fateOf(subject(seq))).toBe(expected);
      }),
    );
  });
});
