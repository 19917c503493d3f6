import type { ErrorEntry } from './entry.ts';

/** What goes wrong between two peers, and at the door of the control port. */
export const linkErrors = {
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
} as const satisfies Record<string, ErrorEntry>;
