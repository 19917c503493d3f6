/** Made-up lanes for the renderer's harness: their characters, and the tick that each gives. */
import type { SwitchMode } from '#contract/documents/switch.ts';
import type { DestinationTick, ErrorClass, LaneState } from '#contract/telemetry/tick.ts';

export interface FakeLane {
  readonly id: string;
  readonly name: string;
  readonly connector: string;
  readonly ratePerSecond: number;
  readonly p50Ms: number;
  readonly character: 'good' | 'flaky' | 'dead' | 'unauthorised' | 'idle' | 'slow';
  readonly owner?: string;
  readonly tags: readonly string[];
  state: LaneState;
  since: number;
  why: string;
  desired: SwitchMode;
  waiting: number;
  retrying: number;
  dead: number;
  delivered: number;
  oldestAt: number | null;
}

const vendors: readonly (readonly [
  id: string,
  name: string,
  connector: string,
  rate: number,
  p50: number,
  character: FakeLane['character'],
  owner?: string,
])[] = [
  ['mixpanel', 'Mixpanel', 'mixpanel', 412, 84, 'good', 'Ana Ruiz'],
  ['ga4', 'Google Analytics 4', 'ga4', 388, 46, 'good'],
  ['meta-capi', 'Meta Conversions', 'meta', 96, 212, 'flaky'],
  ['hubspot', 'HubSpot', 'webhook', 34, 310, 'dead'],
  ['crm-webhook', 'CRM webhook', 'webhook', 21, 118, 'good'],
  ['salesforce', 'Salesforce', 'webhook', 12, 540, 'unauthorised', 'Jon Okafor'],
  ['warehouse', 'Warehouse loader', 'webhook', 1240, 18, 'good'],
  ['plausible', 'Plausible', 'webhook', 64, 61, 'good'],
  ['klaviyo', 'Klaviyo', 'webhook', 7.4, 190, 'slow', 'Mei Lin'],
  ['partner-feed', 'Partner feed', 'webhook', 0, 0, 'idle'],
];

/** The first ten are written by hand; more are made from them. */
export function createLanes(count: number, now: number, random: () => number): FakeLane[] {
  return Array.from({ length: count }, (_, index) => {
    const [id, name, connector, rate, p50, character, owner] = vendors[index % vendors.length] ?? vendors[0]!;
    const round = Math.floor(index / vendors.length);
    return {
      id: round === 0 ? id : `${id}-${round}`,
      name: round === 0 ? name : `${name} ${round + 1}`,
      connector,
      ratePerSecond: rate * (round === 0 ? 1 : 0.1 + random()),
      p50Ms: p50,
      character: round === 0 || random() < 0.06 ? character : 'good',
      ...(owner === undefined ? {} : { owner }),
      tags: index % 3 === 0 ? ['marketing'] : index % 3 === 1 ? ['product'] : [],
      state: character === 'unauthorised' && round === 0 ? 'held' : 'flowing',
      since: now - Math.floor(random() * 7_200_000),
      why: character === 'unauthorised' && round === 0 ? 'Salesforce refused the credential: 401 INVALID_SESSION_ID' : '',
      desired: 'flow',
      waiting: character === 'dead' ? 41_200 : character === 'unauthorised' ? 8_640 : 0,
      retrying: 0,
      dead: character === 'flaky' ? 213 : 0,
      delivered: Math.floor(rate * 86_400),
      oldestAt: character === 'dead' ? now - 1_260_000 : character === 'unauthorised' ? now - 720_000 : null,
    };
  });
}

/** Share of attempts that fail, and how. */
function failing(lane: FakeLane): { readonly share: number; readonly as: ErrorClass } {
  if (lane.character === 'dead') return { share: 0.97, as: 'server' };
  if (lane.character === 'flaky') return { share: 0.08, as: 'throttled' };
  if (lane.character === 'slow') return { share: 0.03, as: 'timeout' };
  return { share: 0.0004, as: 'network' };
}

/** One second of a lane. `phase` turns slowly, so that lines move like traffic does. */
export function tickOf(lane: FakeLane, at: number, random: () => number): DestinationTick {
  const wave = 1 + 0.25 * Math.sin(at / 47_000 + lane.p50Ms) + 0.12 * Math.sin(at / 9000 + lane.ratePerSecond);
  const offered = Math.max(0, Math.round(lane.ratePerSecond * wave * (0.9 + random() * 0.2) + (random() < lane.ratePerSecond % 1 ? 1 : 0)));
  const isFlowing = lane.state === 'flowing';
  const { share, as } = failing(lane);
  const failed = isFlowing ? Math.round(offered * share + (random() < (offered * share) % 1 ? 0.5 : 0)) : 0;
  const delivered = isFlowing ? offered - failed : 0;
  settle(lane, offered, delivered, failed, at);
  const n = delivered + failed;
  const jitter = 0.9 + random() * 0.2;
  const spike = random() < 0.02 ? 2.4 : 1;
  return {
    id: lane.id,
    state: lane.state,
    since: lane.since,
    why: whyOf(lane),
    desired: lane.desired,
    health: healthOf(lane),
    delivered,
    confirmed: lane.connector === 'ga4' ? 0 : delivered,
    dropped: lane.state === 'dropping' ? offered : 0,
    errors: failed > 0 ? { [as]: failed - Math.floor(failed / 5), ...(failed > 4 ? { timeout: Math.floor(failed / 5) } : {}) } : {},
    latency:
      n === 0
        ? { n: 0, p50: null, p95: null, p99: null }
        : { n, p50: lane.p50Ms * jitter, p95: lane.p50Ms * 2.3 * jitter * spike, p99: lane.p50Ms * 4.1 * jitter * spike },
    inFlight: isFlowing && n > 0 ? Math.ceil((n * lane.p50Ms) / 1000) : 0,
    waiting: lane.waiting,
    held: 0,
    retrying: lane.retrying,
    dead: lane.dead,
    oldestAt: lane.oldestAt,
    bytesOut: delivered * 510,
    budgetUsed: Math.min(1, lane.waiting / 90_000),
    breaker: lane.character === 'dead' && isFlowing && Math.floor(at / 20_000) % 2 === 0 ? 'half-open' : 'closed',
  };
}

function settle(lane: FakeLane, offered: number, delivered: number, failed: number, at: number): void {
  lane.delivered += delivered;
  lane.retrying = lane.character === 'flaky' ? failed * 6 : lane.character === 'dead' ? 96 : failed;
  if (lane.state !== 'flowing' || lane.character === 'dead') {
    lane.waiting += offered - delivered;
    if (lane.waiting > 0) lane.oldestAt ??= at;
    return;
  }
  const drained = Math.min(lane.waiting, Math.ceil(lane.ratePerSecond * 8));
  lane.waiting -= drained;
  lane.delivered += drained;
  if (lane.waiting === 0) lane.oldestAt = delivered > 0 ? at - Math.round(lane.p50Ms) : null;
}

function whyOf(lane: FakeLane): string {
  if (lane.state !== 'flowing') return lane.why;
  if (lane.character === 'dead') return 'HubSpot answers 502 Bad Gateway';
  if (lane.character === 'flaky') return 'Meta throttles: 80004, too many calls';
  return '';
}

function healthOf(lane: FakeLane): DestinationTick['health'] {
  if (lane.state === 'parked' || lane.state === 'held') return 'held';
  if (lane.state !== 'flowing') return 'none';
  return lane.character === 'dead' ? 'failing' : lane.character === 'flaky' ? 'degraded' : lane.character === 'idle' ? 'none' : 'healthy';
}
