import type { Provenance } from '#contract/operations/watching.ts';

/** The types of Segment's spec, in the order of their codes in the log. */
export const eventTypes = ['track', 'identify', 'page', 'screen', 'group', 'alias'] as const;
export type EventType = (typeof eventTypes)[number];

/** One accepted event as connectors see it. Plain data; never changed after ingest. */
export interface GatewayEvent {
  readonly source: string;
  readonly messageId: string;
  readonly type: EventType;
  /** Event name of a track, page or screen name; otherwise the type. */
  readonly name: string;
  readonly userId: string | null;
  readonly anonymousId: string | null;
  /** When it happened, epoch ms: receivedAt − (sentAt − timestamp), as Segment's spec says. */
  readonly timestamp: number;
  /** When the gateway had it, epoch ms. */
  readonly receivedAt: number;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly traits: Readonly<Record<string, unknown>>;
  readonly context: Readonly<Record<string, unknown>>;
  readonly groupId: string | null;
  readonly previousId: string | null;
  /** What was done to it on its way in; absent where nothing was. Never sent to a vendor. */
  readonly provenance?: Provenance;
}
