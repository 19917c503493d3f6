import { describe, expect, it } from 'vitest';
import { detailOf, type Found, lookOf, type Place, sortPlaces, summaryOf, traceOf, wayIn } from './words.ts';

const place = (destination: string, state: Place['state'], more: Partial<Place> = {}): Place => ({
  destination,
  state,
  detail: '',
  attempt: null,
  nextAttemptAt: null,
  dedupeKey: null,
  ...more,
});
const event: Found = {
  seq: 12_345,
  source: 'web',
  messageId: 'm-1',
  type: 'track',
  name: 'Order',
  receivedAt: 1000,
  bytes: 300,
  destinations: [],
};

describe('the life of an event', () => {
  it('shows first where it is not, and last who was never meant to get it', () => {
    const places = [place('a', 'filtered'), place('b', 'confirmed'), place('c', 'retrying'), place('d', 'dead')];
    expect(sortPlaces(places).map(({ destination }) => destination)).toEqual(['d', 'c', 'b', 'a']);
    expect(summaryOf(places)).toBe('at 1 of 3 destinations, 1 under way, 1 without it');
    expect(summaryOf([place('a', 'filtered')])).toBe('for no destination');
  });

  it('tells its way in, in the order in which it went', () => {
    expect(wayIn(event).map(({ title }) => title)).toEqual(['Received', 'Stored']);
    const treated = wayIn({
      ...event,
      provenance: { schema: 'web@7', violations: 2, rules: ['pii/mail', 'pii/card'], releasedAt: 5000 },
    });
    expect(treated.map(({ title }) => title)).toEqual(['Received', 'Redacted', 'Checked', 'Released from quarantine', 'Stored']);
    expect(treated[1]).toMatchObject({ detail: 'by pii/mail, pii/card', path: '/flow/redaction/pii' });
    expect(treated[2]).toMatchObject({ detail: 'let through by web@7 with 2 violations', mark: 'degraded', path: '/flow/plans/web' });
  });

  it('says how often it was tried and what comes next', () => {
    expect(detailOf(place('a', 'retrying', { detail: 'answered 503', attempt: 3, nextAttemptAt: 0 }))).toBe(
      'answered 503 · attempt 3 · next try 1 Jan 1970, 00:00:00 UTC',
    );
  });

  it('knows how a settled one ended, that it was given anew, and what became of a copy', () => {
    expect(lookOf(place('a', 'settled', { outcome: 'expired' })).word).toBe('expired');
    expect(lookOf(place('a', 'settled', { outcome: 'delivered' })).word).toBe('delivered');
    expect(summaryOf([place('a', 'settled', { outcome: 'dropped' }), place('b', 'settled')])).toBe('at 1 of 2 destinations, 1 without it');
    expect(detailOf(place('a', 'dead', { replays: [{ replay: 'r', gen: 0 }], child: 'm-2' }))).toBe(
      'given anew once · replaced by an edited copy',
    );
    const copy = wayIn({ ...event, provenance: { parentId: 'm-0', editReason: 'ticket 12' } });
    expect(copy[0]).toMatchObject({ title: 'Edited from a dead letter', detail: 'a copy of m-0: ticket 12' });
  });

  it('takes a trace apart, and nothing else', () => {
    const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    expect(traceOf(trace)).toEqual({ traceId: '4bf92f3577b34da6a3ce929d0e0e4736', parentId: '00f067aa0ba902b7', isSampled: true });
    expect(traceOf('garbage')).toBeNull();
    expect(traceOf(undefined)).toBeNull();
  });
});
