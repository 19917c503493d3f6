/**
 * Many lanes on one gateway: each commit, each settle and each round over the lanes then costs the thread that also
 * carries out an operator's commands more than what it serves, so they are gathered for some milliseconds.
 */
const crowd = 32;

export function isCrowd(lanes: number): boolean {
  return lanes > crowd;
}
