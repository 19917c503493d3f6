import type { ErrorEntry } from './entry.ts';

/** What ingest answers to senders. */
export const ingestErrors = {
  INGEST_BODY_MALFORMED: {
    status: 400,
    retryable: false,
    message: 'The body is not valid JSON.',
    action: 'Send one JSON object encoded as UTF-8.',
  },
  INGEST_BODY_TOO_LARGE: {
    status: 413,
    retryable: false,
    message: 'The body is larger than this endpoint accepts.',
    action: 'Send at most 32 KB an event and 500 KB a batch.',
  },
  INGEST_BODY_TOO_DEEP: {
    status: 400,
    retryable: false,
    message: 'The body is nested too deeply.',
    action: 'Flatten the event; at most 64 levels are accepted.',
  },
  INGEST_ENCODING_UNSUPPORTED: {
    status: 415,
    retryable: false,
    message: 'The content encoding is not supported.',
    action: 'Send identity or gzip.',
  },
  INGEST_TYPE_UNKNOWN: {
    status: 404,
    retryable: false,
    message: 'There is no such event type.',
    action: 'Use track, identify, page, screen, group, alias or batch.',
  },
  INGEST_METHOD_NOT_ALLOWED: {
    status: 405,
    retryable: false,
    message: 'This endpoint does not take this method.',
    action: 'Send events with POST; see the Allow header.',
  },
  INGEST_EVENT_INVALID: {
    status: 400,
    retryable: false,
    message: 'The event does not have the required fields.',
    action: 'See details for the field that is missing or wrong.',
  },
  INGEST_PLAN_VIOLATED: {
    status: 400,
    retryable: false,
    message: 'The event does not follow the tracking plan of its source.',
    action: 'See details for the violations; fix the sender or the plan.',
  },
  INGEST_KEY_UNKNOWN: {
    status: 401,
    retryable: false,
    message: 'The write key belongs to no source.',
    action: 'Use the write key shown under System > Sources.',
  },
  INGEST_SOURCE_DISABLED: {
    status: 403,
    retryable: false,
    message: 'This source is switched off.',
    action: 'Enable the source in the console.',
  },
  INGEST_OVERLOADED: {
    status: 503,
    retryable: true,
    message: 'The gateway cannot keep up.',
    action: 'Retry after the time given in Retry-After.',
  },
  INGEST_STARTING: {
    status: 503,
    retryable: true,
    message: 'The gateway is loading its duplicate index.',
    action: 'Retry after the time given in Retry-After.',
  },
  INGEST_DISK_FULL: {
    status: 503,
    retryable: true,
    message: 'The gateway has no room left for events.',
    action: 'Free disk space or raise the disk budget; senders retry by themselves.',
  },
  INGEST_BACKLOG_FULL: {
    status: 503,
    retryable: true,
    message: 'A destination has used up its backlog budget and is set to refuse new events rather than lose old ones.',
    action: 'Open or discard that destination, raise its budget, or let it expire its oldest.',
  },
  INGEST_STORE_FAILED: {
    status: 503,
    retryable: true,
    message: 'The event could not be stored.',
    action: 'Retry; if it persists, check the disk under System.',
  },
  INGEST_REQUEST_MALFORMED: {
    status: 400,
    retryable: false,
    message: 'The request is not valid HTTP.',
    action: 'Check the client or the proxy in between.',
  },
  INGEST_REQUEST_TIMEOUT: {
    status: 408,
    retryable: true,
    message: 'The request did not arrive in time.',
    action: 'Send it again; check the connection of the sender.',
  },
} as const satisfies Record<string, ErrorEntry>;
