import type { GatewayEvent } from './event.ts';

/** When an event happened, epoch ms: as it says itself, but never later than it was received. */
export function happenedAt({ timestamp, receivedAt }: GatewayEvent): number {
  return Number.isFinite(timestamp) ? Math.min(timestamp, receivedAt) : receivedAt;
}
