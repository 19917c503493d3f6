import { linkWords, silentMs } from '#renderer/client/link-words.ts';
import { currentSession, linkStore, useLink } from '#renderer/client/session.ts';
import { useTelemetry } from '#renderer/streams/telemetry.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Num } from '#renderer/ui/num.tsx';
import { counted, perSecond } from '#renderer/ui/quantity.ts';
import { StatusMark } from '#renderer/ui/status-mark.tsx';
import { absolute, clock, clockMinutes, localZone } from '#renderer/ui/time.ts';
import { useNow } from '#renderer/ui/use-now.ts';
import classes from './status-bar.module.css';

/** The link in words, as of now. Gives up a connection that calls itself live and says nothing. */
export function useLinkWords() {
  const link = useLink((state) => state);
  const heardAt = useTelemetry((state) => state.heardAt);
  const now = useNow();
  const words = linkWords(link, heardAt, Date.now(), (at) => `${clockMinutes(at)} ${localZone(at)}`);
  if (link.phase === 'live' && now - Math.max(heardAt ?? 0, link.since) > silentMs) queueMicrotask(giveUpSilent);
  return words;
}

function giveUpSilent(): void {
  if (linkStore.getState().phase === 'live') currentSession().gateway.reconnect();
}

function Rates() {
  const tick = useTelemetry((state) => state.tick);
  if (tick === null) return null;
  const perWindow = 1000 / Math.max(1, tick.windowMs);
  const taken = tick.sources.reduce((sum, source) => sum + source.accepted, 0) * perWindow;
  const delivered = tick.destinations.reduce((sum, destination) => sum + destination.delivered, 0) * perWindow;
  return (
    <>
      <span title="Events accepted from sources">
        In <Num of={perSecond(taken)} />
      </span>
      <span title="Events delivered to destinations">
        Out <Num of={perSecond(delivered)} />
      </span>
    </>
  );
}

function Clocks() {
  const now = useNow();
  const zone = localZone(now);
  return (
    <span className={classes.clocks} title={absolute(now)}>
      <time>{clock(now, 'UTC')} UTC</time>
      {zone === 'UTC' ? null : (
        <time className={classes.local}>
          {clock(now)} {zone}
        </time>
      )}
    </span>
  );
}

/** The link and the age of the data in words, nodes, rates, clocks. */
export function StatusBar() {
  const words = useLinkWords();
  const phase = useLink((state) => state.phase);
  const nodes = useTelemetry((state) => state.nodes.size);
  return (
    <footer className={classes.bar}>
      <span className={classes.link} data-state={words.state}>
        <StatusMark state={words.state} size={10} />
        {words.text}
      </span>
      {phase === 'offline' || phase === 'refused' ? (
        <Button look="quiet" size="small" className={classes.retry ?? ''} onClick={() => currentSession().gateway.retryNow()}>
          Try now
        </Button>
      ) : null}
      <span>{nodes === 0 ? 'No node seen' : counted(nodes, 'node')}</span>
      <Rates />
      <Clocks />
    </footer>
  );
}
