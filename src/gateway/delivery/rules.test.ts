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

  it('diverts what came after the command, and leaves its target alone', () => {
    const divert = flip({ scope: everything, mode: 'divert', to: 'archive', fromSeq: 10 });
    const rules = compileRules('hubspot', [divert], []);
    expect(rules.fateOf(subject(10))).toBe('flow');
    expect(rules.fateOf(subject(11))).toBe('divert');
    expect(rules.targetOf(subject(11))).toBe('archive');
    expect(rules.targetOf(subject(10))).toBeNull();
    expect(rules).toMatchObject({ desired: 'divert', endsUnsent: true, diverting: { why: 'diverted to archive by ana (everything): r' } });
    expect(compileRules('archive', [divert], []).isPlain).toBe(true);
  });

  it('lets the narrowest divert win', () => {
    const switches = [
      flip({ scope: everything, mode: 'divert', to: 'a' }),
      flip({ scope: hubspot, mode: 'divert', to: 'b' }),
      flip({ scope: { type: 'source', source: 'web' }, mode: 'divert', to: 'c' }),
      flip({ scope: { type: 'event', event: 'Order' }, mode: 'divert', to: 'd' }),
    ];
    const rules = compileRules('hubspot', switches, []);
    expect(rules.targetOf(subject(1))).toBe('d');
    expect(rules.targetOf(subject(1, 'web', 'Other'))).toBe('c');
    expect(rules.targetOf(subject(1, 'ios', 'Other'))).toBe('b');
  });

  it('parks what would be diverted to a destination that is gone', () => {
    const rules = compileRules('hubspot', [flip({ scope: hubspot, mode: 'divert', to: 'archive' })], [], null, () => false);
    expect(rules.parked?.why).toContain('diverted to archive, which does not exist');
    const narrow = flip({ scope: { type: 'source', source: 'web' }, mode: 'divert', to: 'archive' });
    expect(compileRules('hubspot', [narrow], [], null, () => false).fateOf(subject(1))).toBe('hold');
  });

  it('sends the share that a sample asks for, and the same events every time', () => {
    const sample = [flip({ scope: hubspot, mode: 'sample', share: 0.2, fromSeq: 5 })];
    const rules = compileRules('hubspot', sample, []);
    const kept = (seqs: readonly number[]) => seqs.filter((seq) => rules.fateOf(subject(seq)) === 'flow');
    const all = Array.from({ length: 5000 }, (_, i) => i + 6);
    const first = kept(all);
    expect(first.length / all.length).toBeCloseTo(0.2, 1);
    expect(first).toEqual(all.filter((seq) => compileRules('hubspot', sample, []).fateOf(subject(seq)) === 'flow'));
    expect(all.filter((seq) => !first.includes(seq)).every((seq) => rules.fateOf(subject(seq)) === 'drop')).toBe(true);
    expect(kept([1, 2, 3, 4, 5])).toHaveLength(5);
    expect(rules.sampling?.why).toBe('20 % sent, the rest dropped, by ana (hubspot): r');
  });

  it('samples one by one: two switches leave the product of their shares', () => {
    const half = (scope: unknown) => flip({ scope, mode: 'sample', share: 0.5 });
    const rules = compileRules('hubspot', [half(hubspot), half(everything)], []);
    const all = Array.from({ length: 5000 }, (_, i) => i + 1);
    expect(all.filter((seq) => rules.fateOf(subject(seq)) === 'flow').length / all.length).toBeCloseTo(0.25, 1);
  });

  it('always gives the strictest fate, whatever the order of the switches', () => {
    const scope = fc.constantFrom({ type: 'source', source: 'web' }, { type: 'event', event: 'Order' }, hubspot, everything);
    const value = fc.record({ scope, mode: fc.constantFrom('flow', 'park', 'drop', 'divert', 'sample'), fromSeq: fc.nat(20) });
    fc.assert(
      fc.property(fc.array(value, { maxLength: 5 }), fc.nat(30), (values, seq) => {
        const switches = values.map((each) => flip({ ...each, to: 'archive', share: 1e-9 }));
        const there = compileRules('hubspot', switches, []);
        const back = compileRules('hubspot', switches.toReversed(), []);
        expect(there.fateOf(subject(seq))).toBe(back.fateOf(subject(seq)));
        const modes = switches
          .map((entry): Switch => entry.value)
          .filter((each) => !['drop', 'divert', 'sample'].includes(each.mode) || seq > each.fromSeq)
          .map((each) => each.mode);
        const order = [
          ['park', 'hold'],
          ['drop', 'drop'],
          ['divert', 'divert'],
          ['sample', 'drop'],
        ] as const;
        const expected = order.find(([mode]) => modes.includes(mode))?.[1] ?? 'flow';
        expect(there.fateOf(subject(seq))).toBe(expected);
      }),
    );
  });
});
