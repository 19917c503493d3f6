import type { ErrorEntry } from './entry.ts';

/** Endpoints of a destination, and TLS at our own door. */
export const transportErrors = {
  ENDPOINT_UNKNOWN: {
    status: 404,
    retryable: false,
    message: 'The destination has no such endpoint.',
    action: 'See details for the endpoints that it has.',
  },
  ENDPOINT_UNSETTLED: {
    status: 409,
    retryable: true,
    message: 'Events that may be at the present endpoint are not settled yet.',
    action: 'Try again in a moment; a parked destination must flow for that.',
  },
  TLS_FILE_UNUSABLE: {
    status: 500,
    retryable: false,
    message: 'A certificate or key for the ingest port cannot be used.',
    action: 'See details for the file: PEM, readable by the gateway, and the key must belong to the certificate.',
  },
} as const satisfies Record<string, ErrorEntry>;
