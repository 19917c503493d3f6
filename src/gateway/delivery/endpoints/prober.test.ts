import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { destinationSchema } from '#contract/documents/destination.ts';
import { createRegistry } from '#gateway/connectors/registry.ts';
import type { LaneSpec, UsableCredential } from '../lane-spec.ts';
import type { Sent } from '../line.ts';
import { createProber } from './prober.ts';
import type { Route } from './route.ts';

const credential: UsableCredential = { usable: true, values: { secret: 'x' }, revision: 1 };
const connector = createRegistry().get('webhook');

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function setUp() {
  if (connector === null) throw new Error('no webhook');
  const asked: string[] = [];
  const state = { mayProbe: true, answer: { kind: 'answer', response: { status: 404, headers: {}, body: '' } } as Sent };
  const route: Pick<Route, 'id' | 'url' | 'send'> = {
    id: 'eu',
    url: 'https://eu.example/in',
    send(request, _, hooks) {
      if (!hooks.mayStart()) hooks.done({ kind: 'withdrawn' });
      else {
        asked.push(`${request.method} ${request.url}`);
        hooks.done(state.answer);
      }
      return { abort() {} };
    },
  };
  const destination = destinationSchema.parse({ name: 'Hook', connector: 'webhook' });
  const spec: LaneSpec = { id: 'hook', destination, connector, settings: {}, endpoint: route.url, routes: [], allow: null };
  const learned = vi.fn();
  const prober = createProber(
    {
      spec,
      now: Date.now,
      idle: () => [route as Route],
      mayProbe: () => (state.mayProbe ? credential : null),
      learned,
    },
    1000,
  );
  return { asked, state, prober, route: route as Route, learned };
}

describe('probing', () => {
  it('knows since when an endpoint answers, whatever it answers below 500', () => {
    const { asked, prober, route, state, learned } = setUp();
    expect(prober.of(route)).toEqual({ healthySince: null, isFailing: false });
    vi.advanceTimersByTime(3000);
    expect(asked).toEqual(Array.from({ length: 3 }, () => 'GET https://eu.example/in'));
    expect(prober.of(route)).toEqual({ healthySince: Date.now() - 2000, isFailing: false });
    state.answer = { kind: 'answer', response: { status: 503, headers: {}, body: '' } };
    vi.advanceTimersByTime(1000);
    expect(prober.of(route)).toEqual({ healthySince: null, isFailing: true });
    state.answer = { kind: 'unsent', class: 'network', detail: '' };
    vi.advanceTimersByTime(1000);
    expect(prober.of(route).isFailing).toBe(true);
    expect(learned).toHaveBeenCalledTimes(5);
    prober.close();
    vi.advanceTimersByTime(5000);
    expect(asked).toHaveLength(5);
  });

  it('asks nobody while nothing may be sent, not even where that came in force as the question was about to leave', () => {
    const { asked, prober, state } = setUp();
    state.mayProbe = false;
    vi.advanceTimersByTime(10_000);
    expect(asked).toEqual([]);
    prober.close();
  });
});
