/** Made-up rollouts for the renderer's harness: one that runs, one that took itself back, one that is paused. */
import { flagSchema } from '#contract/documents/flag.ts';
import { guardrailSchema, type Judgement } from '#contract/documents/guardrail.ts';
import { type Rollout, type RolloutEntry, rolloutSchema } from '#contract/documents/rollout.ts';
import { appError } from '#contract/errors.ts';
import type { operations } from '#contract/operations/index.ts';
import { err, ok } from '#contract/result.ts';
import type { Handlers } from '#contract/service.ts';
import type { World } from './world.ts';

const minute = 60_000;
const subject = (id: string) => ({ type: 'destination', id }) as const;
const rails = (id: string) => [
  guardrailSchema.parse({ metric: 'errors', subject: subject(id), limit: { type: 'threshold', value: 0.02 } }),
  guardrailSchema.parse({
    metric: 'slow',
    subject: subject(id),
    overMs: 800,
    limit: { type: 'threshold', value: 0.05 },
    onBreach: 'pause',
  }),
  guardrailSchema.parse({ metric: 'waiting', subject: subject(id), limit: { type: 'threshold', value: 5000 }, minSamples: 60 }),
];

function judged(at: string, share: number, samples: number, isBreached = false): Judgement[] {
  const words = `${(share * 100).toPrecision(3)} % of ${samples} attempts at ${at} failed`;
  return [
    {
      ...{
        verdict: isBreached ? 'breached' : samples < 500 ? 'waiting' : 'ok',
        value: share,
        certain: share * 0.6,
        bound: 0.02,
        samples,
        needed: 500,
      },
      words: isBreached
        ? `${words} in 5 min, with certainty more than 3.04 %; allowed are 2 %`
        : `${words}; allowed are 2 %${samples < 500 ? `; waits for samples (${samples} of 500 attempts)` : ''}`,
    },
    {
      ...{ verdict: 'ok', value: 0.011, certain: 0.004, bound: 0.05, samples, needed: 500 },
      words: `1.1 % of ${samples} requests at ${at} took over 800 ms; allowed are 5 %`,
    },
    {
      ...{ verdict: 'ok', value: 12, certain: 0, bound: 5000, samples: 214, needed: 60 },
      words: `12 waiting at ${at}; at most 5,000 allowed`,
    },
  ];
}

export function seedRollouts(world: World): void {
  const { startedAt } = world;
  const put = (id: string, destination: string, ageMs: number, parts: Partial<Rollout>, story: readonly Partial<RolloutEntry>[]) => {
    const flag = id.replace(/-[^-]*$/, '');
    const value = flagSchema.parse({ variants: { on: true, off: false }, defaultVariant: 'off', description: `Events to ${destination}` });
    world.put('flag', flag, value, 'Ana Ruiz', 'a new vendor');
    const steps = [1, 5, 25, 50, 100].map((percent) => ({ percent, soakMs: 10 * minute }));
    const evidence = story.map(
      (entry, index): RolloutEntry => ({
        ...{
          at: startedAt - ageMs + index * 10 * minute,
          by: 'rollout',
          did: 'advanced',
          step: index,
          percent: steps[index]?.percent ?? null,
        },
        ...{ why: 'soaked, and all 3 guardrails hold', judged: judged(destination, 0.006, 3120) },
        ...entry,
      }),
    );
    const last = evidence.at(-1);
    const rollout = {
      ...{ flag, variant: 'on', steps, guardrails: rails(destination), baselines: [null, null, null], startedAt: startedAt - ageMs },
      ...{ state: 'running', before: 1, written: 3, step: last?.step, since: last?.at, why: last?.why, evidence },
      ...parts,
    };
    world.put('rollout', id, rolloutSchema.parse(rollout), last?.by ?? 'rollout', last?.why ?? '');
  };
  const begun: Partial<RolloutEntry> = { by: 'Ana Ruiz', did: 'started', why: 'the new CRM connector', judged: [] };
  put('crm-connector-m1', 'crm-webhook', 24 * minute, {}, [begun, {}, {}]);
  put('meta-dedupe-k7', 'meta-capi', 190 * minute, { state: 'reverted' }, [
    { ...begun, by: 'Mei Lin', why: 'dedupe by order id' },
    {},
    {
      ...{ did: 'reverted', step: 1, percent: null, judged: judged('meta-capi', 0.0712, 1840, true) },
      why: '7.12 % of 1,840 attempts at meta-capi failed in 5 min, with certainty more than 3.04 %; allowed are 2 %',
    },
  ]);
  put('warehouse-v2-b3', 'warehouse', 500 * minute, { state: 'paused' }, [
    { ...begun, by: 'Jon Okafor', why: 'cheaper loader' },
    {},
    { did: 'paused', by: 'Jon Okafor', step: 1, percent: 5, why: 'month end: nothing moves before Monday' },
  ]);
}

type RolloutHandlers = Pick<Handlers<typeof operations>, Extract<keyof typeof operations, `rollout.${string}`>>;

export function rolloutHandlers(world: World): RolloutHandlers {
  const active = () =>
    [...world.documents.values()].flatMap((revisions) => {
      const document = revisions.at(-1);
      const rollout = document?.kind === 'rollout' ? rolloutSchema.safeParse(document.value).data : undefined;
      return document !== undefined && (rollout?.state === 'running' || rollout?.state === 'paused') ? [{ id: document.id, rollout }] : [];
    });
  const steer = (will: readonly string[]) => (input: { id: string; dryRun: boolean }) =>
    input.dryRun
      ? ok({ id: input.id, revision: 4, percent: 50, will: [...will] })
      : err(appError('ROLLOUT_IMPOSSIBLE', { why: 'made up' }));
  return {
    'rollout.read': () =>
      ok({
        rollouts: active().map(({ id, rollout }) => ({
          id,
          judged: judged(rollout.guardrails[0]?.subject.type === 'destination' ? rollout.guardrails[0].subject.id : '', 0.0061, 412),
          next: { does: 'advance', at: rollout.since + 10 * minute, waitsFor: '' },
        })),
      }),
    'rollout.start': ({ flag, variant, steps, guardrails }) =>
      ok({
        ...{ id: `${flag}-x`, revision: 1, percent: steps[0]?.percent ?? null },
        will: [
          `${steps[0]?.percent} % get “${variant}” of ${flag} at once`,
          `then ${steps[1]?.percent} %, when the soak time is over and every guardrail holds`,
          'it is done in 50 min at the earliest',
          `${guardrails.length} of ${guardrails.length} guardrails take it back by themselves`,
        ],
      }),
    'rollout.pause': steer([]),
    'rollout.resume': steer(['25 % get on at once', 'then 50 %, when the soak time is over and every guardrail holds']),
    'rollout.advance': steer(['50 % get on at once', 'then 100 %, when the soak time is over and every guardrail holds']),
    'rollout.revert': steer(['the flag is as it was before the start (revision 1)']),
  };
}
