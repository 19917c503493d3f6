/** Events and contexts that every connector can send, for tests. */
import type { GatewayEvent } from '#gateway/pipeline/event.ts';

/** 20 November 2026, 12:00 UTC. */
export const sampleNow = Date.UTC(2026, 10, 20, 12);

/** A track event that no connector has reason to refuse. */
export function sampleEvent(overrides: Partial<GatewayEvent> = {}): GatewayEvent {
  return {
    source: 'shop',
    messageId: 'message-1',
    type: 'track',
    name: 'Plan Chosen',
    userId: 'user-1',
    anonymousId: 'anon-1',
    timestamp: sampleNow - 2000,
    receivedAt: sampleNow - 1000,
    properties: { plan: 'pro', seats: 3 },
    traits: {},
    context: { ip: '203.0.113.7', userAgent: 'Mozilla/5.0', page: { url: 'https://shop.example/plans', title: 'Plans' } },
    groupId: null,
    previousId: null,
    ...overrides,
  };
}

/** `count` events, each with its own message id. */
export function sampleEvents(count: number, overrides: Partial<GatewayEvent> = {}): readonly GatewayEvent[] {
  return Array.from({ length: count }, (_, index) => sampleEvent({ messageId: `message-${index + 1}`, ...overrides }));
}
