import type { OutputOf } from '#contract/operation.ts';
import { operations } from '#contract/operations/index.ts';
import { topics } from '#contract/operations/topics.ts';
import type { Peer } from '#contract/peer.ts';
import type { Tick } from '#contract/telemetry/tick.ts';
import { withConnection } from '../connection.ts';
import { laneNotes } from '../print/lane-notes.ts';
import { right, table } from '../print/table.ts';
import { count, duration, time } from '../print/units.ts';
import { type Cli, type ExitCode, fail, show } from '../report.ts';

/** A gateway ticks once a second; one that does not within this is shown without its lanes, ms. */
const tickMs = 2500;

/** `sluice status`: is it up, is it ready, and what is each lane doing. */
export function runStatus(cli: Cli): Promise<ExitCode> {
  return withConnection(cli, async ({ peer, url }) => {
    const [status, ping, tick] = await Promise.all([
      peer.call(operations['system.status'], {}),
      peer.ping(),
      freshTick(peer, cli.io.now()),
    ]);
    if (!status.ok) return fail(cli, status.error);
    const roundTripMs = ping.ok ? ping.value : null;
    return show(cli, { url, roundTripMs, status: status.value, destinations: tick?.destinations ?? null }, () => {
      const lanes = tick ? laneTable(tick, cli.io.now()) : 'No tick came: the state of the lanes is not known.';
      return `${statusText(url, roundTripMs, status.value, cli.io.now())}\n\n${lanes}`;
    });
  });
}

/** The first tick from after this was asked: the one that is sent at once may be from before the last command. */
function freshTick(peer: Peer, askedAt: number): Promise<Tick | null> {
  return new Promise((resolve) => {
    let latest: Tick | null = null;
    const done = (): void => {
      clearTimeout(timer);
      subscription.close();
      resolve(latest);
    };
    const timer = setTimeout(done, tickMs);
    const subscription = peer.subscribe(
      topics['telemetry.tick'],
      {},
      {
        onItems: (items) => {
          latest = items.at(-1) ?? latest;
          if (latest && latest.at >= askedAt) done();
        },
        onEnd: done,
      },
    );
  });
}

type Status = OutputOf<(typeof operations)['system.status']>;

function statusText(url: string, roundTripMs: number | null, status: Status, now: number): string {
  const lines = [
    ['gateway', `${url}${roundTripMs === null ? '' : `, ${duration(roundTripMs)} away`}`],
    ['ready', status.ready ? 'yes' : `NO: ${status.notReady.join('; ')}`],
    ['environment', status.environment],
    ['up', `${duration(now - status.startedAt)}, since ${time(status.startedAt)}`],
    ['ingest', status.ingestUrl],
    ['data', `${status.dataFolder} (${status.durability})`],
    ['hold file', status.holdFile],
    ['duplicates known', `for ${duration(status.dedupeWindowMs)}`],
    ['version', `${status.version}, node ${status.node}`],
  ];
  return lines.map(([name, value]) => `${name?.padEnd(17)} ${value}`).join('\n');
}

function laneTable({ destinations, windowMs }: Tick, now: number): string {
  const rows = destinations.map((each) => [
    each.id,
    each.state,
    each.health,
    `${count((each.delivered * 1000) / windowMs)}/s`,
    each.latency.p99 === null ? '-' : duration(each.latency.p99),
    count(each.waiting + each.held),
    count(each.retrying),
    count(each.dead),
    each.oldestAt === null ? '-' : duration(Math.max(0, now - each.oldestAt)),
    [each.why, ...laneNotes(each)].filter((note) => note !== '').join('; '),
  ]);
  return table(['destination', 'state', 'health', ...['out', 'p99', 'waiting', 'retrying', 'dead', 'oldest'].map(right), 'why'], rows);
}
