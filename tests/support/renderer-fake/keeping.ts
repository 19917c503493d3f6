/** What the made-up gateway answers about erasures, retention and what sources may send. */
import { type Erasure, erasureSchema, type VendorErasure } from '#contract/documents/erasure.ts';
import { sourceSchema } from '#contract/documents/source.ts';
import { appError } from '#contract/errors.ts';
import type { OutputOf } from '#contract/operation.ts';
import type { operations } from '#contract/operations/index.ts';
import type { SourceReading } from '#contract/operations/sources.ts';
import { err, ok } from '#contract/result.ts';
import type { Handlers } from '#contract/service.ts';
import type { World } from './world.ts';

type Names = 'source.read' | `erasure.${string}` | `retention.${string}`;
type KeepingHandlers = Pick<Handlers<typeof operations>, Extract<keyof typeof operations, Names>>;
type Kept = OutputOf<(typeof operations)['retention.read']>['classes'][number];

const hour = 3_600_000;
const day = 24 * hour;

function vendor(destination: string, state: VendorErasure['state'], at: number, more: Partial<VendorErasure> = {}): VendorErasure {
  return {
    destination,
    connector: destination,
    state,
    isConfirmed: false,
    at,
    attempts: state === 'requested' || state === 'notOffered' ? 0 : 1,
    nextAt: null,
    reference: null,
    detail: '',
    suggestedAction: '',
    ...more,
  };
}

function seed(world: World): void {
  const { startedAt } = world;
  const put = (id: string, value: Partial<Erasure>) =>
    world.put(
      'erasure',
      id,
      erasureSchema.parse({
        people: [id],
        alsoSuppress: true,
        state: 'running',
        requestedAt: startedAt - 5 * hour,
        local: {
          state: 'done',
          at: startedAt - 5 * hour + 4000,
          detail: '',
          places: [
            { place: 'log', removed: 214 },
            { place: 'lanes', removed: 3 },
            { place: 'quarantine', removed: 1 },
          ],
        },
        destinations: [],
        endedAt: null,
        ...value,
      }),
      'Jon Okafor',
      'ticket 4127',
    );
  put('h_5nYx0fG2yq7c1mVb8Lw3Zd', {
    state: 'attention',
    destinations: [
      vendor('mixpanel', 'done', startedAt - 4 * hour, { isConfirmed: true, reference: 'del-88123' }),
      vendor('hubspot', 'failed', startedAt - hour, {
        attempts: 6,
        detail: 'answers 403: the token may not delete contacts',
        suggestedAction: 'Give the credential the scope crm.objects.contacts.write, then ask again.',
      }),
      vendor('klaviyo', 'accepted', startedAt - 2 * hour, { nextAt: startedAt + 22 * hour, reference: '01JD2' }),
      vendor('plausible', 'notOffered', startedAt - 5 * hour, { suggestedAction: 'It holds no ids of people; nothing is to do there.' }),
    ],
  });
  put('h_2bQw9rT4ms1k8cVn6Lp0Xa', {
    requestedAt: startedAt - 60_000,
    local: { state: 'requested', at: startedAt - 60_000, detail: 'requests in flight end first', places: [] },
    destinations: [vendor('mixpanel', 'requested', startedAt - 60_000), vendor('hubspot', 'requested', startedAt - 60_000)],
  });
  put('h_9kLm3zR7tq5x2wFb1Np8Yc', { state: 'done', requestedAt: startedAt - 12 * day, endedAt: startedAt - 3 * day });
}

function keptOf(startedAt: number): Kept[] {
  const none = { ageMs: null, bytes: null, items: null };
  const row = (name: Kept['class'], values: Partial<Kept>): Kept => ({
    class: name,
    destination: null,
    keptSince: null,
    items: null,
    bytes: null,
    limit: none,
    nextPurgeAt: null,
    ...values,
  });
  return [
    row('log', {
      keptSince: startedAt - 6.4 * day,
      items: 9_412_118,
      bytes: 4_100_000_000,
      limit: { ...none, ageMs: 7 * day, bytes: 16 * 1024 ** 3 },
      nextPurgeAt: startedAt + 40 * 60_000,
    }),
    row('deadLetters', {
      destination: 'meta-capi',
      keptSince: startedAt - 2.4 * hour,
      items: 213,
      bytes: 118_000,
      limit: { ...none, ageMs: 30 * day, bytes: 1024 ** 3 },
      nextPurgeAt: startedAt + 29 * day,
    }),
    row('quarantine', {
      keptSince: startedAt - 3.2 * hour,
      items: 260,
      bytes: 138_000,
      limit: { ageMs: 30 * day, bytes: 256 * 1024 ** 2, items: 100_000 },
      nextPurgeAt: startedAt + 29 * day,
    }),
    row('telemetry', {
      keptSince: startedAt - 29 * day,
      items: 412_000,
      bytes: 38_000_000,
      limit: { ...none, ageMs: 30 * day },
      nextPurgeAt: startedAt + hour,
    }),
    row('erasures', { keptSince: startedAt - 12 * day, items: 1, limit: { ...none, ageMs: 1095 * day } }),
    row('audit', { keptSince: startedAt - 40 * day, items: 1840, bytes: 2_100_000 }),
  ];
}

function readingOf(world: World, id: string): SourceReading {
  const { startedAt } = world;
  const isWeb = id === 'web';
  const source = sourceSchema.safeParse(world.newest('source', id)?.value);
  const limits =
    (source.success ? source.data.limits : undefined) ?? (isWeb ? { ratePerSecond: 500, burst: 2000, dailyQuota: 40_000_000 } : {});
  const quota =
    limits.dailyQuota === undefined
      ? null
      : { used: Math.round(limits.dailyQuota * 0.31), remaining: Math.round(limits.dailyQuota * 0.69), resetsAt: startedAt + 9 * hour };
  return {
    source: id,
    plan: null,
    isPlanUnknown: false,
    limits,
    available: limits.ratePerSecond === undefined ? null : 1840,
    quota,
    ratePerSecond: isWeb ? 302 : 129,
    usualPerSecond: isWeb ? 288 : 121,
    throttle: isWeb
      ? null
      : { reason: 'surge', why: 'It sends 12 times as much as in the last hours.', since: startedAt - 140_000, until: null },
    keys: [
      {
        key: 'main',
        limits: {},
        available: null,
        quota: null,
        requests: 41_204,
        events: 412_040,
        throttled: isWeb ? 0 : 1840,
        bad: 12,
        bytes: 210_400_000,
        lastUsedAt: startedAt - 900,
      },
      {
        key: 'old-app',
        limits: {},
        available: null,
        quota: null,
        requests: 0,
        events: 0,
        throttled: 0,
        bad: 0,
        bytes: 0,
        lastUsedAt: null,
      },
    ],
    lateness: { underMinute: 398_000, underHour: 12_400, underDay: 1600, underWeek: 38, future: 2 },
    byEventTime: Array.from({ length: 48 }, (_, index) => ({
      hour: startedAt - (48 - index) * hour,
      events: Math.round(9000 + 5000 * Math.sin((index / 24) * 2 * Math.PI) + ((index * 7919) % 900)),
    })),
    earlier: 38,
  };
}

export function keepingHandlers(world: World): KeepingHandlers {
  if (world.lanes.length > 0) seed(world);
  const settle = (id: string, change: (each: VendorErasure) => VendorErasure) => {
    const known = erasureSchema.safeParse(world.newest('erasure', id)?.value);
    if (!known.success) return err(appError('DOCUMENT_NOT_FOUND', { id }));
    const destinations = known.data.destinations.map(change);
    const open = destinations.some(({ state }) => state === 'failed' || state === 'notOffered');
    return ok({
      revision: world.put('erasure', id, { ...known.data, destinations, state: open ? 'attention' : 'running' }, 'operator', '').revision,
    });
  };
  return {
    'source.read': ({ source }) =>
      ok({
        sources:
          world.lanes.length === 0
            ? []
            : ['web', 'server'].filter((id) => source === undefined || id === source).map((id) => readingOf(world, id)),
        unattributed: world.lanes.length === 0 ? 0 : 41,
        turnedAway: world.lanes.length === 0 ? [] : [{ network: '203.0.113.0/24', source: 'web', until: world.startedAt + 60_000 }],
      }),
    'erasure.request': ({ dryRun }) =>
      ok({
        id: dryRun ? '' : 'h_2bQw9rT4ms1k8cVn6Lp0Xa',
        revision: dryRun ? 0 : 2,
        preview: dryRun
          ? {
              events: 214,
              isComplete: true,
              quarantined: 1,
              lanes: [{ destination: 'hubspot', retrying: 2, dead: 1, held: 0 }],
              vendors: [
                { destination: 'mixpanel', connector: 'mixpanel', isAsked: true, suggestedAction: '' },
                { destination: 'hubspot', connector: 'hubspot', isAsked: true, suggestedAction: '' },
                {
                  destination: 'plausible',
                  connector: 'plausible',
                  isAsked: false,
                  suggestedAction: 'It holds no ids of people; nothing is to do there.',
                },
              ],
            }
          : null,
      }),
    'erasure.list': () => ok({ total: 0, erasures: [] }),
    'erasure.retry': ({ id, destination }) =>
      settle(id, (each) =>
        each.state === 'failed' && (destination === undefined || each.destination === destination) ? { ...each, state: 'requested' } : each,
      ),
    'erasure.settle': ({ id, destination }) =>
      settle(id, (each) => (each.destination === destination ? { ...each, state: 'done', detail: 'by hand' } : each)),
    'retention.read': () => ok({ classes: world.lanes.length === 0 ? [] : keptOf(world.startedAt) }),
    'retention.purge': ({ olderThanMs }) => ok({ items: olderThanMs > 20 * day ? 0 : 1240, bytes: olderThanMs > 20 * day ? 0 : 620_000 }),
  };
}
