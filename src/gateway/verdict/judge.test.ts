import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verdicts } from '#contract/operations/verdict.ts';
import { errorClasses, laneStates } from '#contract/telemetry/tick.ts';
import { type Evidence, feedStatuses, type ProbeReading } from './evidence.ts';
import { judge } from './judge.ts';
import { at, evidence, feed, probe } from './testing/evidence.ts';

const verdictOf = (parts: Parameters<typeof evidence>[0]) => judge(evidence(parts)).verdict;
const lineOf = (parts: Parameters<typeof evidence>[0]) => judge(evidence(parts)).line;
const nothing = { delivered: 0, lastAt: null };
const silent = { delivered: 0, errors: { network: 20 } };

describe('us or them', () => {
  it('is fine while the vendor answers, whatever its status page says', () => {
    expect(verdictOf({})).toBe('fine');
    expect(judge(evidence({ feed: feed('major') }))).toMatchObject({
      verdict: 'fine',
      line: 'It answers as usual, although its status page reports: Elevated API errors.',
    });
  });

  it('takes a few failures among many deliveries for the noise of any vendor', () => {
    expect(verdictOf({ traffic: { delivered: 1000, errors: { server: 40 } } })).toBe('fine');
    expect(verdictOf({ traffic: { delivered: 10, errors: { server: 4 } } })).toBe('fine');
    expect(verdictOf({ traffic: { delivered: 900, errors: { server: 100 } } })).toBe('them');
  });

  it('is them where one vendor answers with server errors, and quotes its page', () => {
    expect(verdictOf({ traffic: { delivered: 0, errors: { server: 3 } } })).toBe('them');
    expect(lineOf({ traffic: { delivered: 0, errors: { server: 3 } }, feed: feed('partial') })).toBe(
      'It answers with server errors; its status page reports: Elevated API errors.',
    );
  });

  it('is us where the vendor works and says no: our credential, our events, our pace', () => {
    expect(verdictOf({ traffic: { delivered: 0, errors: { auth: 1 } } })).toBe('us');
    expect(verdictOf({ lane: { state: 'held', cause: 'refused', why: 'held: HTTP 401' } })).toBe('us');
    expect(verdictOf({ traffic: { delivered: 50, errors: { rejected: 50 } } })).toBe('us');
    expect(verdictOf({ traffic: { delivered: 50, errors: { throttled: 50 } } })).toBe('us');
    expect(lineOf({ lane: { state: 'held', cause: 'credential', why: 'held: HubSpot has no credential' } })).toBe(
      'Our side holds it: HubSpot has no credential.',
    );
  });

  it('does not blame our credential while the vendor reports an outage', () => {
    expect(verdictOf({ lane: { state: 'held', cause: 'refused', why: '' }, feed: feed('major') })).toBe('unclear');
    expect(verdictOf({ lane: { state: 'held', cause: 'refused', why: '' }, feed: feed('operational') })).toBe('us');
    expect(verdictOf({ traffic: { delivered: 50, errors: { throttled: 50 } }, feed: feed('degraded') })).toBe('them');
  });

  it('is the network where most other vendors do not answer either', () => {
    expect(verdictOf({ traffic: silent, neighbours: { origins: 3, silent: 2 } })).toBe('network');
    expect(verdictOf({ traffic: silent, neighbours: { origins: 5, silent: 2 } })).toBe('unclear');
    expect(verdictOf({ traffic: { delivered: 0, errors: { server: 20 } }, neighbours: { origins: 3, silent: 3 } })).toBe('them');
  });

  it('is them where it alone does not answer', () => {
    expect(verdictOf({ traffic: silent, neighbours: { origins: 3, silent: 0 } })).toBe('them');
    expect(verdictOf({ traffic: { delivered: 0, errors: { uncertain: 2, timeout: 2 } }, neighbours: { origins: 1, silent: 0 } })).toBe(
      'them',
    );
  });

  it('believes a control address more than the neighbours', () => {
    expect(verdictOf({ traffic: silent, neighbours: { origins: 3, silent: 3 }, control: probe('reached', 'connect') })).toBe('them');
    expect(verdictOf({ traffic: silent, neighbours: { origins: 3, silent: 0 }, control: probe('unreachable', 'connect') })).toBe('network');
  });

  it('says that it is unclear where there is nothing to compare with, or the probe contradicts', () => {
    expect(lineOf({ traffic: silent })).toContain('nothing to compare with');
    expect(verdictOf({ traffic: silent, neighbours: { origins: 1, silent: 1 } })).toBe('unclear');
    expect(verdictOf({ traffic: silent, neighbours: { origins: 3, silent: 0 }, probe: probe('works') })).toBe('unclear');
  });

  it('is them where it became slow, and the network where everything is silent too', () => {
    expect(verdictOf({ traffic: { isSlow: true } })).toBe('them');
    expect(verdictOf({ traffic: { isSlow: true }, neighbours: { origins: 4, silent: 4 } })).toBe('network');
  });

  it('judges by probe and page where nothing is sent', () => {
    expect(verdictOf({ traffic: nothing })).toBe('fine');
    expect(verdictOf({ traffic: nothing, probe: probe('failing') })).toBe('them');
    expect(verdictOf({ traffic: nothing, probe: probe('refused') })).toBe('us');
    expect(verdictOf({ traffic: nothing, probe: probe('unreachable'), neighbours: { origins: 2, silent: 0 } })).toBe('them');
    expect(verdictOf({ traffic: nothing, feed: feed('partial') })).toBe('them');
    expect(verdictOf({ traffic: nothing, feed: feed('degraded') })).toBe('fine');
    expect(verdictOf({ traffic: nothing, lane: { state: 'parked', cause: 'person', why: 'parked by ana' }, probe: probe('failing') })).toBe(
      'them',
    );
  });

  it('gives every piece of evidence in words, with what it alone speaks for', () => {
    const { evidence: items } = judge(
      evidence({
        traffic: { delivered: 0, errors: { server: 12, timeout: 3 } },
        probe: probe('failing'),
        feed: { at, report: null, problem: 'HTTP 404' },
        neighbours: { origins: 2, silent: 0 },
        control: probe('reached', 'connect'),
      }),
    );
    expect(items.map(({ from, says, text }) => [from, says, text])).toEqual([
      ['traffic', 'them', '0 delivered, 12 server errors, 3 timed out.'],
      ['probe', 'them', 'The check call fails.'],
      ['feed', null, 'The status page cannot be read: HTTP 404.'],
      ['neighbours', null, '2 other vendors answer.'],
      ['control', null, 'The control address answers: our network works.'],
    ]);
  });
});

const anyProbe: fc.Arbitrary<ProbeReading | null> = fc.option(
  fc.record({
    kind: fc.constantFrom('works', 'refused', 'failing', 'reached', 'unreachable'),
    via: fc.constantFrom('check', 'connect'),
    at: fc.constant(at),
    detail: fc.string(),
  }),
);
const anyEvidence: fc.Arbitrary<Evidence> = fc.record({
  at: fc.constant(at),
  lane: fc.record({
    state: fc.constantFrom(...laneStates),
    cause: fc.constantFrom('none', 'off', 'person', 'refused', 'credential', 'gateway', 'breaker'),
    why: fc.string(),
  }),
  traffic: fc.record({
    delivered: fc.nat(1000),
    errors: fc.dictionary(fc.constantFrom(...errorClasses), fc.nat(1000)),
    isSlow: fc.boolean(),
    lastAt: fc.option(fc.constant(at)),
  }),
  probe: anyProbe,
  feed: fc.option(
    fc.record({
      at: fc.constant(at),
      report: fc.option(fc.record({ status: fc.constantFrom(...feedStatuses), title: fc.string(), since: fc.constant(null) })),
      problem: fc.string(),
    }),
  ),
  neighbours: fc.tuple(fc.nat(20), fc.nat(20)).map(([a, b]) => ({ origins: Math.max(a, b), silent: Math.min(a, b) })),
  control: anyProbe,
});

describe('any evidence', () => {
  it('gives a verdict and a line, and the same ones again', () => {
    fc.assert(
      fc.property(anyEvidence, (given) => {
        const judged = judge(given);
        expect(verdicts).toContain(judged.verdict);
        expect(judged.line).not.toBe('');
        expect(judge(given)).toEqual(judged);
      }),
    );
  });

  it('never blames the network while a control address answers, nor the vendor for a credential that we lack', () => {
    fc.assert(
      fc.property(anyEvidence, (given) => {
        const { verdict } = judge({ ...given, control: probe('reached', 'connect') });
        expect(verdict).not.toBe('network');
        expect(judge({ ...given, lane: { state: 'held', cause: 'credential', why: 'held: no credential' } }).verdict).toBe('us');
      }),
    );
  });

  it('never gets better by more failures of the kind that prevails', () => {
    fc.assert(
      fc.property(anyEvidence, fc.constantFrom(...errorClasses), (given, name) => {
        const worse = {
          ...given,
          lane: { ...given.lane, cause: 'none' as const },
          traffic: { ...given.traffic, delivered: 10, errors: { [name]: 500 } },
        };
        expect(judge(worse).verdict).not.toBe('fine');
      }),
    );
  });
});
