import type { ErrorEntry } from './entry.ts';

/** Restore points, set-ups and playbooks. */
export const restoreErrors = {
  RESTORE_POINTS_FULL: {
    status: 409,
    retryable: false,
    message: 'There are as many named restore points as are kept.',
    action: 'Remove one that is no longer needed.',
  },
  RESTORE_INVALID: {
    status: 409,
    retryable: false,
    message: 'What was chosen does not hold together with what is here.',
    action: 'See details for what is wrong where; choose what it depends on too, or leave it out.',
  },
  SETUP_INVALID: {
    status: 400,
    retryable: false,
    message: 'The file is not a set-up that can be imported.',
    action: 'See details for what is wrong in which line.',
  },
  SETUP_TOO_LARGE: {
    status: 413,
    retryable: false,
    message: 'The set-up is longer than one file may be.',
    action: 'Export it in parts, by naming documents.',
  },
  SETUP_PERSONAL: {
    status: 409,
    retryable: false,
    message: 'The set-up holds what looks like an e-mail address, and a file must not.',
    action: 'Leave out the fields named in details, or target by something else.',
  },
  PLAYBOOK_RUN_ENDED: {
    status: 409,
    retryable: false,
    message: 'This run of the playbook has ended.',
    action: 'Start a new run.',
  },
} as const satisfies Record<string, ErrorEntry>;
