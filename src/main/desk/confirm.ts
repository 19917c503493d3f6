/** A question that widens trust. It is asked outside the renderer, so that a page which was taken over cannot answer it. */
export interface Question {
  readonly title: string;
  readonly detail: string;
  /** What agreeing does. */
  readonly action: string;
}

/** Resolves to true only when a person agreed. */
export type Confirm = (question: Question) => Promise<boolean>;
