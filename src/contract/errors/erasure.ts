import type { ErrorEntry } from './entry.ts';

/** Erasing people and exporting what is held of them. */
export const erasureErrors = {
  ERASURE_RUNNING: {
    status: 409,
    retryable: false,
    message: 'This person is being erased already.',
    action: 'See how it goes in the list of erasures; ask vendors that failed again with erasure.retry.',
  },
  ERASURE_NOT_OPEN: {
    status: 409,
    retryable: false,
    message: 'There is nothing of that kind left to do in this erasure.',
    action: 'See the state of its destinations in the list of erasures.',
  },
  ERASURE_PERSON_FORGOTTEN: {
    status: 409,
    retryable: false,
    message: 'Who this was is no longer known here, so no vendor can be asked.',
    action: 'Request the erasure again with the person’s ids.',
  },
  REASON_PERSONAL: {
    status: 400,
    retryable: false,
    message: 'The reason names the person. The audit keeps it for ever.',
    action: 'Give the number of the ticket instead.',
  },
} as const satisfies Record<string, ErrorEntry>;
