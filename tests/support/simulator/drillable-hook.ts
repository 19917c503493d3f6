import type { Simulator } from './simulator.ts';

/** A destination at the simulator for a drill to break: its breaker tries again soon. The credential is in the environment, as HOOK. */
export const drillableHook = (simulator: Simulator) => ({
  id: 'hook',
  connector: 'webhook',
  endpoint: simulator.endpoint('webhook'),
  credential: { env: 'HOOK' },
  delivery: { breaker: { openMs: 500 } },
});
