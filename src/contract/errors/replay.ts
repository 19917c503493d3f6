import type { ErrorEntry } from './entry.ts';

/** Why a dead letter or a replay cannot be worked on. */
export const replayErrors = {
  DEAD_LETTER_NOT_FOUND: {
    status: 404,
    retryable: false,
    message: 'There is no such dead letter at this destination.',
    action: 'It may have been replayed, discarded or edited meanwhile. Ask where the event is.',
  },
  DEAD_LETTER_BODY_GONE: {
    status: 410,
    retryable: false,
    message: 'The content of this event is gone.',
    action: 'It was erased. It can be discarded, not sent.',
  },
  EDIT_INVALID: {
    status: 400,
    retryable: false,
    message: 'The change cannot be made to this event.',
    action: 'See details for what does not fit. Only properties, traits and context can be changed.',
  },
  LANE_CLOSED: {
    status: 409,
    retryable: true,
    message: 'The lane of this destination is not running now.',
    action: 'Wait a moment; if it stays so, check the connector and settings of the destination.',
  },
  REPLAY_ENDED: {
    status: 409,
    retryable: false,
    message: 'This replay has ended.',
    action: 'Start a new one: what it did not reach is still there.',
  },
  REPLAY_EMPTY: {
    status: 409,
    retryable: false,
    message: 'There is nothing to replay.',
    action: 'Look at the preview: events that wait or are retried are sent without a replay.',
  },
  REPLAY_TOO_MANY: {
    status: 409,
    retryable: true,
    message: 'This destination has enough replays.',
    action: 'Wait for the end of one, or cancel one.',
  },
} as const satisfies Record<string, ErrorEntry>;
