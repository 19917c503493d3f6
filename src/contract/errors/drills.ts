import type { ErrorEntry } from './entry.ts';

/** Why a drill is refused. */
export const drillErrors = {
  DRILL_FORBIDDEN: {
    status: 403,
    retryable: false,
    message: 'No drills in a production environment.',
    action: 'Run it against a staging or embedded gateway.',
  },
  DRILL_RUNNING: { status: 409, retryable: true, message: 'A drill is already running.', action: 'Wait for its end, or stop it.' },
  DRILL_IMPOSSIBLE: {
    status: 409,
    retryable: false,
    message: 'This drill cannot be run here.',
    action: 'See details for what is missing.',
  },
  DRILL_SIMULATOR_FAILED: {
    status: 502,
    retryable: true,
    message: 'The vendor simulator did not do as it was told.',
    action: 'Check that it runs at the address in the gateway settings.',
  },
} as const satisfies Record<string, ErrorEntry>;
