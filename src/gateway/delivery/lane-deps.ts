import type { ConsentPolicy } from '#contract/documents/consent.ts';
import type { EventLog } from '#gateway/log/event-log.ts';
import type { Meter } from '#gateway/telemetry/meter.ts';
import type { Choice } from './endpoints/choose-endpoint.ts';
import type { EndpointStart } from './endpoints/lane-endpoints.ts';
import type { FlowTime } from './flow-time.ts';
import type { Isolation } from './isolation.ts';
import type { LaneNotes } from './lane-notes.ts';
import type { CredentialReading } from './lane-spec.ts';
import type { Gate } from './rules.ts';

/** What a lane needs of the world around it. */
export interface LaneDeps {
  readonly log: EventLog;
  readonly meter: Meter;
  /** What outlives the lane: notes on disk, and for how long it has flowed. */
  readonly notes: LaneNotes;
  readonly flowTime: FlowTime;
  isolation(): Isolation;
  now(): number;
  random(): number;
  /** How often it writes down what came of its events, ms. */
  settleEveryMs(): number;
  credential(): CredentialReading;
  refuseCredential(detail: string, revision: number): void;
  /** At which endpoint it begins, where there are several. */
  readonly start: EndpointStart;
  /** What an endpoint asks of people's consent. */
  consentGate(policy: ConsentPolicy): Gate | null;
  /** Another endpoint of the same dedupe domain is in use. */
  endpointChanged(choice: Choice): void;
  /** One of another domain should be: the lane is to be closed, and opened there. */
  moveTo(choice: Choice): void;
  /** Another destination was given so many events. */
  gave(to: string, events: number): void;
  /** A bug or a lost lane: never expected. */
  bug(error: unknown): void;
}
