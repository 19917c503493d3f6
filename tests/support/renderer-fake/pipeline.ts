/** What the made-up gateway answers about plans, redaction, quarantine and people. */
import { appError } from '#contract/errors.ts';
import type { operations } from '#contract/operations/index.ts';
import { err, ok } from '#contract/result.ts';
import type { Handlers } from '#contract/service.ts';
import type { World } from './world.ts';

type Names = `plan.${string}` | `redaction.${string}` | `quarantine.${string}` | `consent.${string}` | `suppression.${string}`;
type PipelineHandlers = Pick<Handlers<typeof operations>, Extract<keyof typeof operations, Names>>;

export function pipelineHandlers(world: World): PipelineHandlers {
  const changed = (revision: number) => ok({ revision });
  const put = (kind: 'plan' | 'redaction' | 'consent') => (input: { readonly id: string; readonly value: unknown }) =>
    changed(world.put(kind, input.id, input.value, 'operator', '').revision);
  const remove = (kind: 'plan' | 'redaction' | 'consent') => (input: { readonly id: string }) =>
    changed(world.put(kind, input.id, null, 'operator', '').revision);
  return {
    'plan.put': put('plan'),
    'plan.remove': remove('plan'),
    'plan.test': () => ok({ verdict: 'quarantine', violations: [{ path: '/total', message: 'must be number' }] }),
    'plan.violations': () =>
      ok({
        since: world.startedAt,
        violations: [
          {
            plan: 'web',
            revision: 7,
            source: 'web',
            event: 'Order Completed',
            mode: 'quarantine',
            events: 214,
            firstAt: world.startedAt - 3_600_000,
            lastAt: world.startedAt,
            kinds: [{ path: '/total', message: 'must be number', events: 214 }],
          },
        ],
      }),
    'redaction.put': put('redaction'),
    'redaction.remove': remove('redaction'),
    'redaction.test': ({ event }) => ok({ event, rules: ['pii/mail'] }),
    'quarantine.list': ({ limit }) =>
      ok({
        totals: { quarantined: 240, held: 214, bytes: 104_000, released: 20, discarded: 6, expired: 0 },
        groups: [{ source: 'web', event: 'Order Completed', events: 214, oldestAt: world.startedAt - 3_600_000 }],
        events: Array.from({ length: Math.min(limit, 12) }, (_, index) => ({
          id: index + 1,
          source: 'web',
          messageId: `ajs-next-q-${index}`,
          type: 'track',
          name: 'Order Completed',
          receivedAt: world.startedAt - 3_600_000 + index * 9_000,
          bytes: 486,
          plan: 'web',
          revision: 7,
          violations: [{ path: '/total', message: 'must be number' }],
          masked: { type: 'track', event: 'Order Completed', userId: 'text(9)', properties: { total: 'text(5)', currency: 'text(3)' } },
        })),
      }),
    'quarantine.release': () => ok({ released: 200, duplicate: 2, kept: 12, failed: 0 }),
    'quarantine.discard': () => ok({ discarded: 12 }),
    'consent.put': put('consent'),
    'consent.remove': remove('consent'),
    'consent.set': () => ok({ person: 'h_5nYx0fG2yq7c1mVb8Lw3Zd' }),
    'consent.read': ({ person }) =>
      person === 'nobody'
        ? err(appError('DOCUMENT_NOT_FOUND', { person }))
        : ok({
            person: 'h_5nYx0fG2yq7c1mVb8Lw3Zd',
            categories: { advertising: { granted: false, at: world.startedAt } },
            suppressed: null,
            destinations: [{ destination: 'meta', isAllowed: false }],
          }),
    'suppression.add': ({ people }) => ok({ added: people.length }),
    'suppression.remove': () => ok({ removed: 1 }),
    'suppression.list': () => ok({ total: 1, people: [{ person: 'h_5nYx0fG2yq7c1mVb8Lw3Zd', kind: 'opt-out', at: world.startedAt }] }),
  };
}
