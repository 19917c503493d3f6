/** One expected failure of the catalogue. */
export interface ErrorEntry {
  /** HTTP status where this error answers an HTTP request. */
  readonly status: number;
  /** Whether the same request may succeed later, unchanged. */
  readonly retryable: boolean;
  /** What happened, in an operator's words. */
  readonly message: string;
  /** What to do now. */
  readonly action: string;
}
