import type { DestinationTick, Tick } from '#contract/telemetry/tick.ts';

/** A second of a lane that does nothing. Tests say what differs. */
export function destinationTick(parts: Partial<DestinationTick>): DestinationTick {
  return {
    id: 'crm',
    state: 'flowing',
    since: 0,
    why: '',
    desired: 'flow',
    health: 'healthy',
    delivered: 0,
    confirmed: 0,
    dropped: 0,
    errors: {},
    latency: { n: 0, p50: null, p95: null, p99: null },
    inFlight: 0,
    waiting: 0,
    held: 0,
    retrying: 0,
    dead: 0,
    oldestAt: null,
    bytesOut: 0,
    budgetUsed: 0,
    breaker: 'closed',
    ...parts,
  };
}

export function tickAt(at: number, destinations: readonly Partial<DestinationTick>[]): Tick {
  return {
    at,
    windowMs: 1000,
    node: 'node',
    head: 0,
    resources: {
      cpu: 0,
      loopLagP99Ms: 0,
      rssBytes: 0,
      heapBytes: 0,
      diskFreeBytes: null,
      logBytes: 0,
      commit: { n: 0, p50: null, p95: null, p99: null },
      settle: { n: 0, p50: null, p95: null, p99: null },
      sockets: 0,
    },
    sources: [],
    destinations: destinations.map(destinationTick),
    flows: [],
  };
}
