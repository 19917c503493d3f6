import type { ErrorEntry } from './entry.ts';

export const rolloutErrors = {
  ROLLOUT_RUNNING: {
    status: 409,
    retryable: false,
    message: 'Another rollout drives this flag.',
    action: 'Revert it, or let it come to its end, then start again.',
  },
  ROLLOUT_IMPOSSIBLE: {
    status: 409,
    retryable: false,
    message: 'This rollout cannot do that now.',
    action: 'See details for what stands in the way.',
  },
  ROLLOUT_OVERTAKEN: {
    status: 409,
    retryable: false,
    message: 'Somebody changed the flag, so the rollout does not touch it any more.',
    action: 'Look at the history of the flag; to go back further, revert the flag itself.',
  },
} as const satisfies Record<string, ErrorEntry>;
