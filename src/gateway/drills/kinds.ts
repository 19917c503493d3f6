import type { DrillKind } from '#contract/documents/drill.ts';

export interface KindOfDrill {
  readonly title: string;
  /** What it does, and who feels it. */
  readonly what: string;
  /** one: a destination at the simulator, which must be named. all: every destination there. gateway: the gateway itself. */
  readonly breaks: 'one' | 'all' | 'gateway';
}

export const kindsOfDrill: Readonly<Record<DrillKind, KindOfDrill>> = {
  'degraded-network': {
    title: 'Degraded network',
    what: 'Two of three requests to every simulated vendor lose their connection.',
    breaks: 'all',
  },
  'revoked-credential': {
    title: 'Revoked credential',
    what: 'One simulated vendor refuses our credential. Its lane is held; no event is lost.',
    breaks: 'one',
  },
  'partial-outage': {
    title: 'Partial outage',
    what: 'One simulated vendor answers every second request with a server error.',
    breaks: 'one',
  },
  'slow-vendor': { title: 'Slow vendor', what: 'One simulated vendor takes seconds for every answer.', breaks: 'one' },
  'full-disk': {
    title: 'Full disk',
    what: 'The gateway believes that its disk is full: ingest answers 503, deliveries go on. Nothing is written.',
    breaks: 'gateway',
  },
  'killed-gateway': {
    title: 'Killed gateway',
    what: 'The gateway ends by SIGKILL, and whoever started it starts it again.',
    breaks: 'gateway',
  },
};
