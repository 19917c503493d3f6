import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { parseHash, type Route, toHash } from './route.ts';

/** Where the console is. The address bar is the truth; this store follows it. */
export const routeStore = createStore<Route>(() => parseHash(''));

/** Follows the address until the returned function is called. */
export function startRouter(target: Window): () => void {
  const follow = () => routeStore.setState(parseHash(target.location.hash), true);
  follow();
  target.addEventListener('hashchange', follow);
  return () => target.removeEventListener('hashchange', follow);
}

/** The hash of a path (and query) in the present environment, for links. */
export function href(path: string, query: Readonly<Record<string, string>> = {}): string {
  return toHash({ environment: routeStore.getState().environment, path, query });
}

/** Goes to a path; `replace` leaves no step to come back to. */
export function navigate(
  path: string,
  options: { readonly query?: Readonly<Record<string, string>>; readonly replace?: boolean } = {},
): void {
  go(href(path, options.query ?? {}), options.replace ?? false);
}

/** Changes some query values of the present place; an empty string takes one away. */
export function setQuery(values: Readonly<Record<string, string>>, options: { readonly replace?: boolean } = {}): void {
  const route = routeStore.getState();
  go(toHash({ ...route, query: { ...route.query, ...values } }), options.replace ?? true);
}

function go(hash: string, replace: boolean): void {
  if (hash === location.hash) return;
  if (replace) {
    history.replaceState(history.state, '', hash);
    routeStore.setState(parseHash(hash), true);
  } else {
    location.hash = hash;
  }
}

/** Re-renders with a part of the route only. */
export function useRoute<T>(select: (route: Route) => T): T {
  return useStore(routeStore, select);
}
