/** The endpoints of one lane: where its next request goes, and which events may go there. */
import type { ConsentPolicy } from '#contract/documents/consent.ts';
import type { CertificateFacts } from '#contract/documents/transport.ts';
import type { Uncertain } from '#gateway/log/uncertain.ts';
import type { Breaker } from '../breaker.ts';
import type { LaneNotes } from '../lane-notes.ts';
import type { LaneSpec, UsableCredential } from '../lane-spec.ts';
import type { Gate } from '../rules.ts';
import type { Entry } from '../window.ts';
import type { Choice } from './choose-endpoint.ts';
import type { Route } from './route.ts';

/** Why an event cannot go where the lane sends now. domain: it may have arrived elsewhere. consent: its person does not allow that endpoint. */
export type Wait = 'domain' | 'consent';

export interface LaneEndpoints {
  /** Of the lane as a whole: what its endpoints come to together. */
  readonly breaker: Breaker;
  readonly sockets: number;
  readonly routes: readonly Route[];
  /** Null where there is only one endpoint. */
  readonly choice: Choice | null;
  /** Share of what is sent now, by endpoint in their order. */
  shares(): readonly number[];
  /** Where the next request goes; null: nowhere for now. */
  next(): Route | null;
  /** Whether a request may still begin there, asked as its first byte is about to be written. */
  isUsable(route: Route): boolean;
  /** What an event waits for that must not go there; null where it may go. */
  waitOf(entry: Entry, route: Route): Wait | null;
  /** The dedupe domain in which an event may be, as far as is known of it; null where nowhere, or where it is no matter. */
  domainOf(entry: Entry): string | null;
  /** An endpoint was found good or bad by a request. */
  answered(route: Route, isGood: boolean): void;
  /** Set while events up to a seq are to be put aside: they may have been in flight when the process died, and the lane is about to leave. */
  readonly asideThrough: number | null;
  /** What waits for another endpoint is looked at again after this, ms. */
  readonly lookAgainMs: number;
  /** Whether the lane may be moved to another dedupe domain now. Where it may not, it begins to see to that. */
  mayLeave(): boolean;
  /** What the process died with and is not known yet; null where nothing. */
  readonly unknown: Uncertain | null;
  /** Epoch ms since when an endpoint that is not in use answers probes; null where it does not, or is in use. */
  healthySince(route: Route): number | null;
  /** A person, or what is on disk, chose. Within one dedupe domain; in force when this returns. */
  use(choice: Choice): void;
  /** Looks whether another endpoint should take over. */
  reconsider(): void;
  close(): Promise<void>;
}

/** What a lane with several endpoints starts with. */
export interface EndpointStart {
  readonly choice: Choice;
  /** What the process died with; null where it lives since, or events are in one domain whatever happens. */
  readonly unknown: Uncertain | null;
  /** A move to another domain failed: not again before this, epoch ms. */
  readonly notBefore: number;
}

export interface EndpointsHost {
  readonly spec: LaneSpec;
  readonly notes: LaneNotes;
  readonly start: EndpointStart;
  now(): number;
  /** The lane's cursor. */
  cursor(): number;
  /** Null while nothing may be sent: then nobody is probed either. */
  mayProbe(): UsableCredential | null;
  consentGate(policy: ConsentPolicy): Gate | null;
  /** Another endpoint of the same dedupe domain is in use: to be written down. */
  endpointChanged(choice: Choice): void;
  /** The same: what waited for it is to be looked at again. */
  used(): void;
  /** One of another dedupe domain should be: the lane is to be closed, and opened there. */
  moveTo(choice: Choice): void;
}

/** Every certificate that the endpoints of a lane showed, in their order. */
export function shownCertificates({ routes }: LaneEndpoints, now: number): readonly CertificateFacts[] {
  return routes.flatMap((route) => route.certificates(now));
}
