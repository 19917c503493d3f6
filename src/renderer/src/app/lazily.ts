/**
 * The console comes in two pieces, so that a cold start fetches what its first view needs and no more. What was
 * shown with `lazily` is in the second one: fetched when it is first shown, or once the first view is live.
 * Two and not many: a piece for each view was slower, by its many small files.
 */
import { type ComponentType, createElement, use } from 'react';

type Rest = typeof import('./rest.ts');

let rest: Rest | undefined;
let fetching: Promise<Rest> | undefined;

/** The second piece cannot be had: its host has ended, or the link to it is bad. A reload asks again. */
export class NotFetched extends Error {}

export function fetchTheRest(): Promise<Rest> {
  fetching ??= import('./rest.ts').then(
    (fetched) => {
      rest = fetched;
      return fetched;
    },
    (cause) => {
      throw new NotFetched('Is Sluice still running?', { cause });
    },
  );
  return fetching;
}

/** A part of the second piece. It suspends until that is there; then it is drawn at once, without a frame in which it is not. */
export function lazily<Props extends object>(pick: (rest: Rest) => ComponentType<Props>): ComponentType<Props> {
  return (props) => createElement(pick(rest ?? use(fetchTheRest())), props);
}
