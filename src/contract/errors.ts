import { z } from './zod.ts';

interface Entry {
  /** HTTP status where this error answers an HTTP request. */
  readonly status: number;
  /** Whether the same request may succeed later, unchanged. */
  readonly retryable: boolean;
  /** What happened, in an operator's words. */
  readonly message: string;
  /** What to do now. */
  readonly action: string;
}

/**
 * Every expected failure of the product: code to wording and HTTP status. A code is
 * `AREA_REASON`. Add a line here before using a new code.
 */
const catalogue = {
  // Ingest
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
  INGEST_PLAN_VIOLATED: { status: 400, retryable: false, message: 'The event does not follow the tracking plan of its source.', action: 'See details for the violations; fix the sender or the plan.' },
  INGEST_KEY_UNKNOWN: {
    status: 401,
    retryable: false,
    message: 'The write key belongs to no source.',
    action: 'Use the write key shown under Destinations > Sources.',
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
  // Contract and link
  PEER_CLOSED: {
    status: 503,
    retryable: true,
    message: 'The link closed before the answer came.',
    action: 'Ask command.outcome whether a command took effect.',
  },
  PEER_DEADLINE: {
    status: 504,
    retryable: true,
    message: 'No answer came in time.',
    action: 'Ask command.outcome whether a command took effect.',
  },
  PEER_CANCELLED: { status: 499, retryable: true, message: 'The request was cancelled.', action: 'Send it again if it is still wanted.' },
  PEER_BUSY: {
    status: 429,
    retryable: true,
    message: 'Too much was asked for at once on one link.',
    action: 'Wait for earlier answers, then send it again.',
  },
  PEER_TOO_SLOW: {
    status: 503,
    retryable: true,
    message: 'The receiver could not keep up.',
    action: 'Subscribe again; it resumes where it stopped.',
  },
  FRAME_INVALID: {
    status: 400,
    retryable: false,
    message: 'A message on the link was not understood.',
    action: 'Reload; if it persists, the two sides are of different versions.',
  },
  FRAME_TOO_LARGE: { status: 413, retryable: false, message: 'A message on the link was too large.', action: 'Ask for less at a time.' },
  VERSION_MISMATCH: {
    status: 426,
    retryable: false,
    message: 'The gateway and this console speak different versions.',
    action: 'Update the older of the two.',
  },
  OPERATION_UNKNOWN: {
    status: 404,
    retryable: false,
    message: 'There is no such operation.',
    action: 'List them with: sluice operations.',
  },
  TOPIC_UNKNOWN: { status: 404, retryable: false, message: 'There is no such topic.', action: 'List them with: sluice operations.' },
  INPUT_INVALID: {
    status: 400,
    retryable: false,
    message: 'The input is not valid.',
    action: 'See details for the fields that are wrong.',
  },
  AUTH_REQUIRED: { status: 401, retryable: false, message: 'This needs a token.', action: 'Pass the control token (SLUICE_TOKEN).' },
  AUTH_FORBIDDEN: { status: 403, retryable: false, message: 'You may not do this.', action: 'Ask an admin for the permission.' },
  ORIGIN_FORBIDDEN: {
    status: 403,
    retryable: false,
    message: 'This page may not connect here.',
    action: 'Open the console from its own address.',
  },
  GATEWAY_OFFLINE: {
    status: 503,
    retryable: true,
    message: 'The gateway cannot be reached.',
    action: 'Nothing was changed. Park on the host with: sluice park, or the hold file.',
  },
  GATEWAY_INTERNAL: {
    status: 500,
    retryable: false,
    message: 'The gateway hit a bug.',
    action: 'See the gateway log; report it with the request id.',
  },
  // Control port
  CONTROL_PATH_UNKNOWN: {
    status: 404,
    retryable: false,
    message: 'There is nothing at this address.',
    action: 'The control port serves /v1/control, /v1/ledger, /healthz, /readyz and /metrics.',
  },
  CONTROL_METHOD_NOT_ALLOWED: {
    status: 405,
    retryable: false,
    message: 'This address takes GET.',
    action: 'Change things with: sluice call.',
  },
  CONTROL_UPGRADE_REQUIRED: {
    status: 426,
    retryable: false,
    message: 'This address takes a WebSocket.',
    action: 'Connect with a WebSocket and the subprotocol sluice.v1.',
  },
  CONTROL_HOST_FORBIDDEN: {
    status: 400,
    retryable: false,
    message: 'The control port binds loopback only.',
    action: 'Use 127.0.0.1 or ::1; reach it from elsewhere through a tunnel such as ssh -L.',
  },
  HOST_FORBIDDEN: {
    status: 403,
    retryable: false,
    message: 'This address was reached under a foreign name.',
    action: 'Use 127.0.0.1, localhost or [::1] and the right port.',
  },
  // Control
  DOCUMENT_NOT_FOUND: { status: 404, retryable: false, message: 'There is no such document.', action: 'Check the name.' },
  DOCUMENT_CONFLICT: {
    status: 409,
    retryable: false,
    message: 'Somebody changed this meanwhile.',
    action: 'Look at the newer revision, then decide again.',
  },
  DOCUMENT_IN_USE: {
    status: 409,
    retryable: false,
    message: 'Something still depends on this.',
    action: 'See details for what depends on it.',
  },
  DOCUMENT_NOT_REVERTIBLE: {
    status: 400,
    retryable: false,
    message: 'This kind of document cannot be reverted here.',
    action: 'Use the operation named in details: what it affects must be previewed.',
  },
  COMMAND_ID_REUSED: {
    status: 409,
    retryable: false,
    message: 'This command id was already used for something else.',
    action: 'Send the command with a new id.',
  },
  REASON_REQUIRED: { status: 400, retryable: false, message: 'This change needs a reason.', action: 'Say why, in a few words.' },
  CONFIRMATION_REQUIRED: {
    status: 400,
    retryable: false,
    message: 'This change needs the target typed.',
    action: 'Type the name of what is affected.',
  },
  CONFIRMATION_DECLINED: {
    status: 403,
    retryable: true,
    message: 'This was not confirmed.',
    action: 'Answer the question that Sluice asks outside this page: in a dialog, or in the terminal it was started from.',
  },
  CONTROL_STORE_FAILED: {
    status: 503,
    retryable: true,
    message: 'The change could not be written to disk.',
    action: 'A stop stays in force in memory; free disk space and repeat it.',
  },
  COMMAND_UNKNOWN: {
    status: 404,
    retryable: false,
    message: 'No command with this id was applied.',
    action: 'It had no effect; send it again if it is still wanted.',
  },
  EVENT_NOT_FOUND: {
    status: 404,
    retryable: false,
    message: 'No event with this message id is in the log.',
    action: 'Check the id and the source; it may be older than the retention.',
  },
  CONNECTOR_UNKNOWN: {
    status: 400,
    retryable: false,
    message: 'There is no such connector.',
    action: 'See the list of connectors under Vendors.',
  },
  SETTINGS_INVALID: {
    status: 400,
    retryable: false,
    message: 'The settings do not fit the connector.',
    action: 'See details for the fields that are wrong.',
  },
  // Credentials
  CREDENTIAL_MISSING: {
    status: 409,
    retryable: false,
    message: 'This destination has no credential.',
    action: 'Add it under Credentials.',
  },
  CREDENTIAL_ORIGIN_CHANGED: {
    status: 409,
    retryable: false,
    message: 'The credential was bound to another address.',
    action: 'An admin must bind it again.',
  },
  CREDENTIAL_SEAL_INVALID: {
    status: 400,
    retryable: false,
    message: 'The sealed credential could not be opened.',
    action: 'Check that the gateway key shown is the one you pinned.',
  },
  GATEWAY_KEY_CHANGED: {
    status: 409,
    retryable: false,
    message: 'The gateway shows another key than the one you pinned.',
    action: 'If somebody replaced its key, remove the environment here and add it again; otherwise do not trust it.',
  },
  GATEWAY_KEY_UNUSABLE: {
    status: 500,
    retryable: false,
    message: 'The private key of the gateway cannot be used.',
    action: 'It must be 32 bytes in base64, in a file that only its owner can read.',
  },
  SECRET_TOO_LONG: { status: 400, retryable: false, message: 'The secret is too long.', action: 'At most 32 KB are accepted.' },
  SECRET_EMPTY: { status: 400, retryable: false, message: 'The secret is empty.', action: 'Paste the credential from the vendor.' },
  KEYCHAIN_LOCKED: {
    status: 423,
    retryable: true,
    message: 'The keychain is locked.',
    action: 'Unlock it, then try again. The secret is kept for this session only.',
  },
  KEYCHAIN_UNAVAILABLE: {
    status: 503,
    retryable: false,
    message: 'There is no keychain on this machine.',
    action: 'Secrets are kept for this session only and asked for again after a restart.',
  },
  KEYCHAIN_WAITING: {
    status: 504,
    retryable: true,
    message: 'The keychain is waiting for you.',
    action: 'Look for its dialog, answer it, then try again.',
  },
  KEYCHAIN_FAILED: { status: 500, retryable: true, message: 'The keychain refused.', action: 'See details; try again.' },
  // Host and data
  DATA_LOCKED: {
    status: 409,
    retryable: false,
    message: 'Another Sluice is using this data folder.',
    action: 'Stop it, or choose another folder with --data.',
  },
  DATA_CORRUPT: {
    status: 500,
    retryable: false,
    message: 'A database file is damaged.',
    action: 'Restore it from a backup; the file was left as it is.',
  },
  DATA_NEWER: { status: 409, retryable: false, message: 'The data was written by a newer Sluice.', action: 'Update this Sluice.' },
  DATA_READONLY: {
    status: 409,
    retryable: false,
    message: 'The data folder cannot be written.',
    action: 'Check its owner and permissions.',
  },
  PORT_IN_USE: {
    status: 409,
    retryable: false,
    message: 'The port is already in use.',
    action: 'Stop the other program or choose another port.',
  },
  CONFIG_INVALID: {
    status: 400,
    retryable: false,
    message: 'The configuration file has mistakes.',
    action: 'See details; each names its line.',
  },
} as const satisfies Record<string, Entry>;

export type ErrorCode = keyof typeof catalogue;
export const errorCodes = Object.keys(catalogue) as readonly ErrorCode[];

const codeSchema = z.string().refine((value): value is ErrorCode => Object.hasOwn(catalogue, value), 'unknown error code');

/** An expected failure as a value. `details` never holds a secret or personal data. */
export const appErrorSchema = z.strictObject({
  code: codeSchema,
  message: z.string(),
  retryable: z.boolean(),
  details: z.record(z.string(), z.unknown()).optional(),
  suggestedAction: z.string(),
});
export interface AppError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  readonly suggestedAction: string;
}

export function appError(code: ErrorCode, details?: Readonly<Record<string, unknown>>): AppError {
  const entry = catalogue[code];
  return { code, message: entry.message, retryable: entry.retryable, suggestedAction: entry.action, ...(details ? { details } : {}) };
}

/** HTTP status of an error where it answers an HTTP request. */
export function httpStatus(code: ErrorCode): number {
  return catalogue[code].status;
}

/** Carries an expected failure through code that can only throw (constructors, streams). */
export class AppFailure extends Error {
  readonly error: AppError;
  constructor(error: AppError, options?: ErrorOptions) {
    super(`${error.code}: ${error.message}`, options);
    this.name = 'AppFailure';
    this.error = error;
  }
}
