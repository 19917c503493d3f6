/** Six charts on a page that move on by one sample. */
export interface Candidate {
  update(): void;
  unmount(): void;
}
