/** How much one peer lets the other make it hold. */
export const limits = {
  /** Unacknowledged frames of a `latest` subscription. One on its way and one being drawn: more would only be older. */
  latestFrames: 2,
  /** Unacknowledged frames, and characters, of a `lossless` subscription. */
  losslessFrames: 64,
  losslessChars: 1024 * 1024,
  /** What may wait behind those before the subscription is ended as too slow. */
  queuedFrames: 10_000,
  queuedChars: 16 * 1024 * 1024,
  /** Items of one push are split into frames of about this size, so that a snapshot fits the credit. */
  chunkChars: 256 * 1024,
  /** Requests being worked on for one peer. */
  requests: 256,
  /** Subscriptions of one peer. */
  subscriptions: 256,
  /** Nesting of an input. Deeper ones are made to exhaust the stack of whoever walks them. */
  depth: 64,
  /** Time the other side has to say hello, ms. */
  helloMs: 10_000,
  /** Deadline of a call that names none, ms. */
  callMs: 10_000,
} as const;
