import { describe, expect, test } from 'vitest';
import type { ScopeRow } from '#renderer/frame/scopes.ts';
import { reviewAfterMs } from '#renderer/frame/scopes.ts';
import type { DestinationLive } from '#renderer/streams/live.ts';
import { type CredentialFact, type Facts, needsOf } from './needs.ts';

const latency = { n: 0, p50: null, p95: null, p99: null };

function live(id: string, state: DestinationLive['state'], values: Partial<DestinationLive['tick']> = {}): DestinationLive {
  return {
    id,
    state,
    ratePerSecond: 0,
    errorShare: null,
    topError: null,
    p95: null,
    p95Samples: 0,
    tick: {
      id,
      state: 'flowing',
      since: 500,
      why: '',
      desired: 'flow',
      health: 'healthy',
      delivered: 0,
      confirmed: 0,
      dropped: 0,
      errors: {},
      latency,
      inFlight: 0,
      waiting: 0,
      held: 0,
      retrying: 0,
      dead: 0,
      oldestAt: null,
      bytesOut: 0,
      budgetUsed: 0,
      breaker: 'closed',
      ...values,
    },
  } as DestinationLive;
}

const calm: Facts = {
  now: reviewAfterMs * 2,
  destinations: [],
  stopped: [],
  credentials: new Map(),
  link: { phase: 'live', since: 0, action: '' },
  keychain: { state: 'ready', backend: 'keytar', detail: '' },
  notReady: [],
  unbalanced: [],
  resources: null,
  diskBudgetBytes: 1e10,
};
const destination = (id: string, state: DestinationLive['state'], values: Partial<DestinationLive['tick']> = {}) => ({
  id,
  name: id,
  owner: null,
  live: live(id, state, values),
});
const credential = (id: string, state: CredentialFact['state'], from: CredentialFact['from'] = null): Facts['credentials'] =>
  new Map([[id, { state, from }]]);
const stop = (mode: ScopeRow['mode'], at: number): ScopeRow => ({
  id: 'source:web',
  scope: { type: 'source', source: 'web' },
  name: 'Web shop',
  detail: '',
  mode,
  set: { by: 'Mei', at, reason: '', revision: 1, until: null },
});

describe('what needs a person', () => {
  test('nothing does while all is well, idle or freshly parked', () => {
    const facts = {
      ...calm,
      destinations: [destination('a', 'healthy'), destination('b', 'none'), destination('c', 'parked')],
      stopped: [stop('park', calm.now - 1000)],
    };
    expect(needsOf(facts)).toEqual([]);
  });

  test('failing comes before held, held before degraded, a forgotten park last', () => {
    const facts = {
      ...calm,
      destinations: [destination('slow', 'degraded'), destination('locked', 'held'), destination('down', 'failing')],
      stopped: [stop('park', 0)],
    };
    expect(needsOf(facts).map((need) => need.id)).toEqual(['failing down', 'held locked', 'degraded slow', 'review source:web']);
  });

  test('what fails says whose trouble it is', () => {
    const down = { ...destination('down', 'failing'), verdict: 'Them: It does not answer.' };
    expect(needsOf({ ...calm, destinations: [down] })[0]?.text).toBe('Nothing is lost: events wait or retry. Them: It does not answer.');
  });

  test('a destination is listed once, by what must be done first', () => {
    const facts = { ...calm, destinations: [destination('a', 'failing', { budgetUsed: 0.9 })], credentials: credential('a', 'refused') };
    expect(needsOf(facts)).toMatchObject([{ id: 'credential a', steps: [{ type: 'credential', isNew: false }, { type: 'go' }] }]);
  });

  test('a parked destination that fills its budget is one thing, with opening as its step', () => {
    const stopped = [{ ...stop('park', 0), id: 'destination:a', scope: { type: 'destination', destination: 'a' } as const }];
    const needs = needsOf({ ...calm, destinations: [destination('a', 'parked', { budgetUsed: 0.6 })], stopped });
    expect(needs).toMatchObject([{ id: 'backlog a', steps: [{ type: 'open' }, { type: 'go' }] }]);
  });

  test('one that is switched off in its settings is left alone', () => {
    expect(
      needsOf({ ...calm, destinations: [destination('a', 'off', { state: 'off' })], credentials: credential('a', 'missing') }),
    ).toEqual([]);
  });

  test('a machine without a keychain is a matter only once a secret was typed here', () => {
    const keychain = { state: 'unavailable', backend: 'session', detail: '' } as const;
    expect(needsOf({ ...calm, keychain, credentials: credential('a', 'present', 'environment') })).toEqual([]);
    expect(needsOf({ ...calm, keychain, credentials: credential('a', 'present', 'desk') })).toMatchObject([{ id: 'keychain' }]);
    expect(needsOf({ ...calm, keychain: { ...keychain, state: 'locked' } })).toMatchObject([{ id: 'keychain' }]);
  });

  test('dropping is named at once, however short it lasts', () => {
    expect(needsOf({ ...calm, stopped: [stop('drop', calm.now)] })).toMatchObject([{ state: 'dropping', steps: [{ type: 'open' }] }]);
  });

  test('what waits is said with its exact count', () => {
    expect(needsOf({ ...calm, destinations: [destination('a', 'failing', { waiting: 41_200, why: 'It answers 502' })] })[0]?.text).toBe(
      'It answers 502. 41,200 events wait. Nothing is lost: events wait or retry.',
    );
  });

  test('a full disk, a lost link, unready gateway and wrong books stand on top', () => {
    const resources = {
      cpu: 0,
      loopLagP99Ms: 0,
      rssBytes: 0,
      heapBytes: 0,
      diskFreeBytes: 5e8,
      logBytes: 9.6e9,
      commit: latency,
      settle: latency,
      sockets: 0,
    };
    const facts: Facts = {
      ...calm,
      link: { phase: 'offline', since: 9, action: '' },
      notReady: ['documents are not loaded'],
      unbalanced: ['ga4'],
      resources,
      destinations: [destination('a', 'degraded')],
    };
    const needs = needsOf(facts);
    expect(needs.slice(0, 5).map((need) => need.state)).toEqual(['failing', 'failing', 'failing', 'failing', 'failing']);
    expect(needs.at(-1)?.id).toBe('degraded a');
  });
});
