import { deskTopics, type DeskState } from '#contract/desk/operations.ts';
import { topics } from '#contract/operations/topics.ts';
import { createPeer } from '#contract/peer.ts';
import { type Bridge, createChannelOpener } from '#renderer/client/bridge.ts';
import { createBrowserBridge, openBrowserSession } from '#renderer/client/browser-bridge.ts';
import { receiveDocuments } from '#renderer/client/documents.ts';
import { createLink, type Link } from '#renderer/client/link.ts';
import { deskStore, startSession } from '#renderer/client/session.ts';
import { preferencesStore } from '#renderer/frame/preferences.ts';
import { routeStore } from '#renderer/frame/router.ts';
import { receiveTick } from '#renderer/streams/telemetry.ts';
import { startWorstState } from './worst-state.ts';

/** Takes the host's bridge (or makes the browser's) and starts both links. False: this page has no session. */
export async function startClient(target: Window, token: string | null): Promise<boolean> {
  const bridge = await findBridge(target, token);
  if (bridge === null) return false;
  const open = createChannelOpener(bridge);
  const desk = linkTo(() => open('desk'));
  const first = await firstDeskState(desk);
  const environment = chooseEnvironment(first);
  const gateway = linkTo(() => open(`gateway/${environment}`));
  startSession({ environment, desk, gateway });
  gateway.subscribe(topics['telemetry.tick'], {}, {
    onItems: (items, dropped) => {
      for (const tick of items) receiveTick(tick, dropped);
    },
  });
  gateway.subscribe(topics['document.changed'], {}, { onItems: receiveDocuments });
  gateway.start();
  startWorstState(target.document, () => nameOf(environment));
  for (const event of ['online', 'focus']) target.addEventListener(event, () => gateway.retryNow());
  return true;
}

async function findBridge(target: Window, token: string | null): Promise<Bridge | null> {
  if (target.sluice !== undefined) return target.sluice;
  const session = await openBrowserSession(target, token).catch(() => null);
  return session === null ? null : createBrowserBridge(target.location.host, session);
}

function linkTo(open: () => ReturnType<ReturnType<typeof createChannelOpener>>): Link {
  return createLink({
    connect: () => createPeer({ channel: open() }),
    now: Date.now,
    random: Math.random,
    setTimer: (run, delayMs) => {
      const timer = setTimeout(run, delayMs);
      return () => clearTimeout(timer);
    },
  });
}

/** The desk's first state, awaited for at most a second: without it the embedded gateway is assumed. */
function firstDeskState(desk: Link): Promise<DeskState | null> {
  const { promise, resolve } = Promise.withResolvers<DeskState | null>();
  desk.state.subscribe((link) => deskStore.setState({ link }));
  desk.subscribe(deskTopics['desk.changed'], {}, {
    onItems: (items) => {
      const state = items.at(-1);
      if (state === undefined) return;
      deskStore.setState({ desk: state });
      resolve(state);
    },
  });
  desk.start();
  setTimeout(() => resolve(null), 1000);
  return promise;
}

/** The address decides; then what was used last; then the first that there is. */
function chooseEnvironment(desk: DeskState | null): string {
  const known = desk?.environments.map((environment) => environment.id) ?? [];
  const wanted = routeStore.getState().environment;
  if (wanted !== null) return wanted;
  const last = preferencesStore.getState().environment;
  return last !== null && known.includes(last) ? last : (known[0] ?? 'embedded');
}

function nameOf(environment: string): string {
  return deskStore.getState().desk?.environments.find((each) => each.id === environment)?.name ?? environment;
}
