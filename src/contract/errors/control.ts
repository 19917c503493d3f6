import type { ErrorEntry } from './entry.ts';

/** Why a command or a query is refused. */
export const controlErrors = {
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
} as const satisfies Record<string, ErrorEntry>;
