import type { ErrorEntry } from './entry.ts';

/** Why a command is not scheduled. What becomes of one that is, is told by its document. */
export const scheduleErrors = {
  SCHEDULE_REFUSED: {
    status: 400,
    retryable: false,
    message: 'This cannot be left to a time.',
    action: 'See details for why, and what to use instead.',
  },
  SCHEDULE_OVER: {
    status: 409,
    retryable: false,
    message: 'This has happened already, or was called off.',
    action: 'Schedule it anew.',
  },
} as const satisfies Record<string, ErrorEntry>;
