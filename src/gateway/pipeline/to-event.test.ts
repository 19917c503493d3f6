import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventTypes } from './event.ts';
import { toGatewayEvent } from './to-event.ts';

const receivedAt = Date.parse('2026-11-20T12:00:00.000Z');
const facts = { source: 'web', receivedAt, type: 'track' } as const;

describe('an event', () => {
  it('carries its parts, and shared empty ones for what it lacks', () => {
    const event = toGatewayEvent({ messageId: 'm', event: 'Order', userId: 7, anonymousId: '', properties: { a: 1 } }, facts);
    expect(event).toEqual({
      source: 'web',
      messageId: 'm',
      type: 'track',
      name: 'Order',
      userId: '7',
      anonymousId: null,
      timestamp: receivedAt,
      receivedAt,
      properties: { a: 1 },
      traits: {},
      context: {},
      groupId: null,
      previousId: null,
    });
    expect(event.traits).toBe(toGatewayEvent({}, facts).context);
  });

  it('is named by its event, its page or screen, or its type', () => {
    expect(toGatewayEvent({ event: 'Order' }, facts).name).toBe('Order');
    expect(toGatewayEvent({ name: 'Home', event: 'x' }, { ...facts, type: 'page' }).name).toBe('Home');
    expect(toGatewayEvent({ name: '' }, { ...facts, type: 'screen' }).name).toBe('screen');
    expect(toGatewayEvent({ event: 'x' }, { ...facts, type: 'identify' }).name).toBe('identify');
  });

  it('has the context of its batch under its own', () => {
    const shared = { context: { app: 'shop', locale: 'de' } };
    expect(toGatewayEvent({ context: { locale: 'fr' } }, { ...facts, shared }).context).toEqual({ app: 'shop', locale: 'fr' });
    expect(toGatewayEvent({}, { ...facts, shared }).context).toBe(shared.context);
  });

  it('keeps a hostile key a plain key', () => {
    const own = JSON.parse('{"context":{"__proto__":{"admin":true}}}');
    const { context } = toGatewayEvent(own, { ...facts, shared: { context: { app: 1 } } });
    expect(Object.getPrototypeOf(context)).toBe(Object.prototype);
    expect(context).not.toHaveProperty('admin');
  });
});

describe('the time of an event', () => {
  const at = (timestamp: unknown, sentAt?: unknown) => toGatewayEvent({ timestamp, sentAt }, facts).timestamp;
  const iso = (ms: number) => new Date(ms).toISOString();
  const hour = 3_600_000;
  const year = 365 * 24 * hour;

  it('is corrected by the skew between sentAt and arrival', () => {
    expect(at(iso(receivedAt - 10 * year - hour), iso(receivedAt - 10 * year))).toBe(receivedAt - hour);
    expect(at(receivedAt + 2 * year - 5, receivedAt + 2 * year)).toBe(receivedAt - 5);
    expect(
      toGatewayEvent({ timestamp: iso(receivedAt - hour), sentAt: 'not used' }, { ...facts, shared: { sentAt: iso(receivedAt + hour) } })
        .timestamp,
    ).toBe(receivedAt - 2 * hour);
  });

  it('is believed without a sentAt, within reason', () => {
    expect(at(iso(receivedAt - 30 * 24 * hour))).toBe(receivedAt - 30 * 24 * hour);
    expect(at(iso(receivedAt - 20 * year))).toBe(receivedAt);
    expect(at(iso(receivedAt + 2 * year))).toBe(receivedAt);
  });

  it('is the arrival where there is none or it cannot be read', () => {
    for (const timestamp of [undefined, null, 'yesterday', {}, Number.POSITIVE_INFINITY, Number.NaN])
      expect(at(timestamp, Number.POSITIVE_INFINITY)).toBe(receivedAt);
  });
});

it('any JSON value makes an event, the same one each time, with a sane time', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(...eventTypes), fc.jsonValue(), (raw, type, shared) => {
      const all = { ...facts, type, shared: { context: shared, sentAt: shared } };
      const event = toGatewayEvent(raw, all);
      expect(toGatewayEvent(structuredClone(raw), all)).toEqual(event);
      expect(Math.abs(event.timestamp - receivedAt)).toBeLessThan(6 * 365 * 86_400_000);
      expect(typeof event.name).toBe('string');
    }),
  );
});
