import type { ErrorEntry } from './entry.ts';

export const switchingErrors = {
  SWITCH_CIRCLE: {
    status: 409,
    retryable: false,
    message: 'This would divert events in a circle.',
    action: 'See details for the way round; divert to a destination outside of it, or open one of the others first.',
  },
} as const satisfies Record<string, ErrorEntry>;
