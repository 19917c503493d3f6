import { destinationName } from '#renderer/client/documents.ts';
import { linkStore } from '#renderer/client/session.ts';
import { announce } from '#renderer/frame/announce.ts';
import { telemetryStore } from '#renderer/streams/telemetry.ts';
import { type MarkState, stateLooks, worstOf } from '#renderer/ui/state.ts';

/** What the window's title and icon say: the worst there is, and how much of it. Pure. */
export function titleOf(
  states: readonly MarkState[],
  isOffline: boolean,
  environment: string,
): { readonly title: string; readonly state: MarkState } {
  if (isOffline) return { title: `Offline · ${environment} · Sluice`, state: 'failing' };
  const worst = worstOf(states.filter((state) => state !== 'none' && state !== 'off'));
  const count = states.filter((state) => state === worst).length;
  if (worst === 'healthy' || worst === 'none') return { title: `${environment} · Sluice`, state: worst };
  return { title: `${count} ${stateLooks[worst].word.toLowerCase()} · ${environment} · Sluice`, state: worst };
}

/** Colours of the icon; it is drawn by the browser, outside both schemes. */
const iconShapes: Readonly<Record<string, string>> = {
  ok: '<circle cx="8" cy="8" r="6" fill="%2343c07d"/>',
  warn: '<path d="M8 1 15.6 14.5H.4Z" fill="%23e6ab2e"/>',
  bad: '<path d="M5 .5h6L15.5 5v6L11 15.5H5L.5 11V5Z" fill="%23ff6b62"/>',
  hold: '<path d="M2 1.5h4.5v13H2ZM9.5 1.5H14v13H9.500Z" fill="%23ae95ff"/>',
  none: '<circle cx="8" cy="8" r="5" fill="none" stroke="%238b95a1" stroke-width="2.500"/>',
};

export function iconOf(state: MarkState): string {
  return `data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">${iconShapes[stateLooks[state].hue] ?? ''}</svg>`
    .replaceAll('"', "'")
    .replaceAll('<', '%3C')
    .replaceAll('>', '%3E');
}

/** Keeps title and icon true, and tells screen readers what newly fails or recovered. */
export function startWorstState(target: Document, environment: () => string): () => void {
  let known = new Map<string, MarkState>();
  let shownIcon = '';
  const update = () => {
    const { destinations } = telemetryStore.getState();
    const states = [...destinations.values()].map((each) => each.state);
    const says = titleOf(states, ['offline', 'refused'].includes(linkStore.getState().phase), environment());
    if (target.title !== says.title) target.title = says.title;
    const icon = iconOf(says.state);
    if (icon !== shownIcon) target.querySelector('link[rel=icon]')?.setAttribute('href', icon);
    shownIcon = icon;
    const changes: string[] = [];
    for (const [id, each] of destinations) {
      const before = known.get(id);
      if (before !== undefined && before !== each.state && each.state !== 'none')
        changes.push(`${destinationName(id)} is ${stateLooks[each.state].word.toLowerCase()}`);
    }
    known = new Map([...destinations].map(([id, each]) => [id, each.state]));
    if (changes.length > 0) announce(changes.length > 3 ? `${changes.length} destinations changed state` : changes.join('. '));
  };
  const stops = [telemetryStore.subscribe(update), linkStore.subscribe(update)];
  update();
  return () => {
    for (const stop of stops) stop();
  };
}
