/**
 * Events up to a seq of which nobody knows whether they arrived in a dedupe domain: a process died while they may have been in
 * flight. Given to `open` as a lane leaves that domain, so that those among its retrying rows keep its name.
 */
export interface Uncertain {
  readonly throughSeq: number;
  readonly domain: string;
}
