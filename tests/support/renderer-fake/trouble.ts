/** Made-up verdicts, drills, answers and sign-ins. */
import type { Drill, DrillKind } from '#contract/documents/drill.ts';
import { drillKinds } from '#contract/documents/drill.ts';
import { appError } from '#contract/errors.ts';
import type { operations } from '#contract/operations/index.ts';
import { err, ok } from '#contract/result.ts';
import type { Handlers } from '#contract/service.ts';
import { verdictOf } from './verdicts.ts';
import type { World } from './world.ts';

type Served = 'verdict.read' | 'verdict.probe' | 'drill.list' | 'drill.start' | 'drill.stop' | 'answers.read' | 'security.log';

const titles: Readonly<Record<DrillKind, readonly [title: string, what: string, needsDestination: boolean]>> = {
  'degraded-network': ['Degraded network', 'Two of three requests to every simulated vendor lose their connection.', false],
  'revoked-credential': ['Revoked credential', 'One simulated vendor refuses our credential. Its lane is held; no event is lost.', true],
  'partial-outage': ['Partial outage', 'One simulated vendor answers every second request with a server error.', true],
  'slow-vendor': ['Slow vendor', 'One simulated vendor takes seconds for every answer.', true],
  'full-disk': [
    'Full disk',
    'The gateway believes that its disk is full: ingest answers 503, deliveries go on. Nothing is written.',
    false,
  ],
  'killed-gateway': ['Killed gateway', 'The gateway ends by SIGKILL, and whoever started it starts it again.', false],
};

function pastDrill(kind: DrillKind, daysAgo: number, values: Partial<Drill>): Drill {
  const startedAt = Date.now() - daysAgo * 86_400_000;
  return {
    kind,
    destination: titles[kind][2] ? 'mixpanel' : null,
    touches: [],
    phase: 'done',
    outcome: 'passed',
    startedAt,
    brokenAt: startedAt,
    detectedAt: startedAt + 1434,
    detectedBy: 'health of mixpanel: degraded',
    liftedAt: startedAt + 10_400,
    recoveredAt: startedAt + 17_394,
    endedAt: startedAt + 17_394,
    note: '',
    ...values,
  };
}

export function troubleHandlers(world: World): Pick<Handlers<typeof operations>, Served> {
  const past = [
    pastDrill('partial-outage', 2, {}),
    pastDrill('full-disk', 9, { detectedBy: 'ingest refuses events: The gateway has no room left for events.' }),
    pastDrill('slow-vendor', 16, { outcome: 'undetected', detectedAt: null, detectedBy: '', note: 'no sign that an operator would see' }),
  ].map((drill, index) => ({ id: `${drill.kind}-${index}`, by: 'Ana Ruiz', drill }));
  const laneOf = (id: string) => world.lanes.find((lane) => lane.id === id);
  return {
    'verdict.read': ({ destination }) =>
      ok({ verdicts: world.lanes.filter((lane) => destination === undefined || lane.id === destination).map(verdictOf) }),
    'verdict.probe': ({ destination }) => {
      const lane = laneOf(destination);
      return lane === undefined ? err(appError('DOCUMENT_NOT_FOUND', { id: destination })) : ok(verdictOf(lane));
    },
    'drill.list': () =>
      ok({
        kinds: drillKinds.map((kind) => {
          const [title, what, needsDestination] = titles[kind];
          return { kind, title, what, needsDestination, refusal: null };
        }),
        destinations: ['mixpanel', 'ga4'],
        running: null,
        drills: past,
      }),
    'drill.start': () => err(appError('DRILL_FORBIDDEN')),
    'drill.stop': ({ id }) => err(appError('DOCUMENT_NOT_FOUND', { id })),
    'answers.read': ({ destination }) => {
      const isFailing = laneOf(destination)?.character === 'dead';
      const byStatus = { '2xx': 48_211, '3xx': 0, '4xx': 3, '5xx': isFailing ? 96 : 0, other: 0, none: 0 };
      const failure = { class: 'server', shape: 'HTML', detail: 'HTTP 502: Bad Gateway', sizeBytes: 122, latencyMs: 310 } as const;
      return ok({
        answers: isFailing ? [{ status: 502, count: 96, firstAt: Date.now() - 720_000, lastAt: Date.now() - 1000, ...failure }] : [],
        transfer: { requests: 48_310, bytesOut: 31_400_000, bytesIn: 1_930_000, byStatus },
      });
    },
    'security.log': () =>
      ok({
        attempts: [
          {
            door: 'control',
            outcome: 'accepted',
            code: '',
            who: 'console',
            count: 2,
            firstAt: Date.now() - 7_200_000,
            lastAt: Date.now() - 4000,
          },
          {
            door: 'ingest',
            outcome: 'refused',
            code: 'INGEST_KEY_UNKNOWN',
            who: 'a3f09c11',
            count: 214,
            firstAt: Date.now() - 900_000,
            lastAt: Date.now() - 60_000,
          },
        ],
        totals: { accepted: 2, refused: 214, unknownKeys: 214 },
      }),
  };
}
