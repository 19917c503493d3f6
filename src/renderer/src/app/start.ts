import type { Bridge } from '#contract/bridge.ts';
import type { Channel } from '#contract/channel.ts';
import { createChannelOpener } from '#contract/channels/bridge.ts';
import { type DeskState, deskTopics } from '#contract/desk/operations.ts';
import { topics } from '#contract/operations/topics.ts';
import { createPeer } from '#contract/peer.ts';
import { createSocketOpener, openBrowserSession } from '#renderer/client/browser-session.ts';
import { receiveDocuments } from '#renderer/client/documents.ts';
import { createLink, type Link } from '#renderer/client/link.ts';
import { deskStore, startSession } from '#renderer/client/session.ts';
import { preferencesStore } from '#renderer/frame/preferences.ts';
import { routeStore } from '#renderer/frame/router.ts';
import { receiveTick } from '#renderer/streams/telemetry.ts';
import { receiveVerdicts } from '#renderer/streams/verdicts.ts';
import { fetchTheRest } from './lazily.ts';
import { startWorstState } from './worst-state.ts';

declare global {
  interface Window {
    /** The preload puts it there; in a browser there is none. */
    readonly sluice?: Bridge;
  }
}

/** From the first link to the fetch of what the first view does not need. */
const restAfterMs = 1000;

/** Starts both links, over Electron's bridge or the browser host's WebSockets. False: this page has no session. */
export async function startClient(target: Window, token: string | null): Promise<boolean> {
  const open = await findOpener(target, token);
  if (open === null) return false;
  const desk = linkTo(() => open('desk'));
  const first = await firstDeskState(desk);
  const environment = chooseEnvironment(first);
  // What a restore took back must not stay on screen: revisions of documents went back, too.
  const gateway = linkTo(
    () => open(`gateway/${environment}`),
    () => target.location.reload(),
  );
  startSession({ environment, desk, gateway });
  gateway.subscribe(
    topics['telemetry.tick'],
    {},
    {
      onItems: (items, dropped) => {
        for (const tick of items) receiveTick(tick, dropped);
      },
    },
  );
  gateway.subscribe(topics['document.changed'], {}, { onItems: receiveDocuments });
  gateway.subscribe(topics['verdict.changed'], {}, { onItems: receiveVerdicts });
  gateway.start();
  const stopWaiting = gateway.state.subscribe(({ phase }) => {
    if (phase !== 'live') return;
    stopWaiting();
    // Once the first view has what it shows. What was fetched is there though its host ends; what cannot be had says so where it is shown.
    target.setTimeout(() => void fetchTheRest().catch(() => {}), restAfterMs);
  });
  retryWithDesk(environment, gateway);
  startWorstState(target.document, () => nameOf(environment));
  for (const event of ['online', 'focus']) target.addEventListener(event, () => gateway.retryNow());
  return true;
}

/** The desk is the first to learn that a gateway is there: nobody need wait for the link's next try. */
function retryWithDesk(environment: string, gateway: Link): void {
  const isThere = () => deskStore.getState().desk?.environments.find(({ id }) => id === environment)?.link === 'live';
  let wasThere = isThere();
  deskStore.subscribe(() => {
    if (isThere() && !wasThere) gateway.retryNow();
    wasThere = isThere();
  });
}

async function findOpener(target: Window, token: string | null): Promise<((target: string) => Channel) | null> {
  if (target.sluice !== undefined) return createChannelOpener(target.sluice);
  const session = await openBrowserSession(target, token).catch(() => null);
  return session === null ? null : createSocketOpener(target.location.host, session);
}

function linkTo(open: () => Channel, onFork?: () => void): Link {
  return createLink({
    connect: () => createPeer({ channel: open() }),
    ...(onFork ? { onFork } : {}),
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
  desk.subscribe(
    deskTopics['desk.changed'],
    {},
    {
      onItems: (items) => {
        const state = items.at(-1);
        if (state === undefined) return;
        deskStore.setState({ desk: state });
        resolve(state);
      },
    },
  );
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
