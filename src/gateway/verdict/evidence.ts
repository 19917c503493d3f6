/** What is known of one vendor at one moment: all that `judge` looks at. */
import type { ErrorClass, LaneState } from '#contract/telemetry/tick.ts';

/** What our own deliveries came to lately; while nothing is attempted, what the last attempts came to. */
export interface Traffic {
  /** Events in the span. */
  readonly delivered: number;
  readonly errors: Partial<Record<ErrorClass, number>>;
  /** Most calls of the last seconds took far longer than this vendor usually takes, or nearly as long as is allowed. */
  readonly isSlow: boolean;
  /** Epoch ms of the last window with attempts; null where there was none. */
  readonly lastAt: number | null;
}

/**
 * What a call of ours beside the deliveries met. works, refused: the connector's check call said so. failing: the vendor answered
 * with a server error. reached: it can be connected to, and nothing more is known. unreachable: no answer, no connection.
 */
export interface ProbeReading {
  readonly kind: 'works' | 'refused' | 'failing' | 'reached' | 'unreachable';
  readonly via: 'check' | 'connect';
  /** Epoch ms. */
  readonly at: number;
  /** Masked, short. */
  readonly detail: string;
}

/** degraded: slower or partly wrong. partial: some of it is down. major: it is down. */
export const feedStatuses = ['operational', 'maintenance', 'degraded', 'partial', 'major'] as const;
export type FeedStatus = (typeof feedStatuses)[number];

/** What a status page says about the vendor, or about the component that matters here. */
export interface FeedReport {
  readonly status: FeedStatus;
  /** The incident's or the status' own words, masked and short. */
  readonly title: string;
  /** Epoch ms since when, where the page says. */
  readonly since: number | null;
}

/** The last reading of a status page. `report` is null where the page could not be read; `problem` says why. */
export interface FeedReading {
  /** Epoch ms. */
  readonly at: number;
  readonly report: FeedReport | null;
  readonly problem: string;
}

/** Why a lane stands still, as far as it says whose trouble it is. */
export type LaneCause = 'none' | 'off' | 'person' | 'refused' | 'credential' | 'gateway' | 'breaker';

export interface Evidence {
  /** Epoch ms. */
  readonly at: number;
  readonly lane: { readonly state: LaneState; readonly cause: LaneCause; readonly why: string };
  readonly traffic: Traffic;
  readonly probe: ProbeReading | null;
  readonly feed: FeedReading | null;
  /** Other origins that were sent to or probed lately, and how many of them do not answer. */
  readonly neighbours: { readonly origins: number; readonly silent: number };
  /** The control address; null where none is set or it was not asked yet. */
  readonly control: ProbeReading | null;
}
