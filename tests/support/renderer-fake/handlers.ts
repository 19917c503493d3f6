/** What the made-up gateway answers. Shapes are the contract's; numbers are plausible and balanced. */
import { type SwitchScope, scopeId } from '#contract/documents/switch.ts';
import { appError } from '#contract/errors.ts';
import { operations } from '#contract/operations/index.ts';
import type { BlastRadius, SwitchProof } from '#contract/operations/switches.ts';
import { err, ok } from '#contract/result.ts';
import type { Handlers } from '#contract/service.ts';
import type { Ledger } from '#contract/telemetry/ledger.ts';
import { z } from '#contract/zod.ts';
import { changingHandlers } from './changing.ts';
import { gatewayHistory, historyOf } from './histories.ts';
import { keepingHandlers } from './keeping.ts';
import type { FakeLane } from './lanes.ts';
import { pipelineHandlers } from './pipeline.ts';
import { recoveryHandlers } from './recovery.ts';
import { rolloutHandlers } from './rollouts.ts';
import { troubleHandlers } from './trouble.ts';
import { upkeepHandlers } from './upkeep.ts';
import type { World } from './world.ts';

/** What the harness has no made-up answer for says so, instead of keeping it from starting. */
export function createHandlers(world: World): Handlers<typeof operations> {
  const missing = Object.fromEntries(Object.keys(operations).map((name) => [name, () => err(appError('OPERATION_UNKNOWN', { name }))]));
  return { ...missing, ...madeUp(world) } as Handlers<typeof operations>;
}

function madeUp(world: World): Partial<Handlers<typeof operations>> {
  const inScope = (scope: SwitchScope) => world.lanes.filter((lane) => scope.type !== 'destination' || lane.id === scope.destination);
  const proofs = new Map<string, SwitchProof>();
  const changed = (revision: number) => ok({ revision });
  return {
    'switch.set': (input, context) => {
      const { scope, mode, reason = '', forMs, dryRun } = input;
      const preview = previewOf(inScope(scope));
      if (dryRun) return ok({ preview, proof: null });
      const receivedAt = Date.now();
      const document = world.setSwitch(scope, mode, 'operator', reason, forMs);
      world.note('switch.set', scopeId(scope), reason, context.commandId);
      const proof: SwitchProof = {
        revision: document.revision,
        receivedAt,
        nodes: [
          {
            node: 'node-a',
            inForceAt: receivedAt + 1.4,
            durableAt: receivedAt + 3.1,
            inFlight: 14,
            drained: 14,
            uncertain: 0,
            pending: 0,
            escaped: 0,
            lastSent: {
              destination: preview.destinations[0]?.destination ?? 'none',
              messageId: 'ajs-next-1763708712-4f9c1e20',
              at: receivedAt - 12,
            },
          },
        ],
      };
      proofs.set(document.id, proof);
      const first = proof.nodes[0];
      return ok({ preview, proof: first === undefined ? proof : { ...proof, nodes: [{ ...first, drained: 11, pending: 3 }] } });
    },
    'switch.proof': ({ id }) => {
      const proof = proofs.get(id);
      return proof === undefined ? err(appError('DOCUMENT_NOT_FOUND', { id })) : ok(proof);
    },
    'document.list': ({ kind }) =>
      ok({
        documents: [...world.documents.values()]
          .flatMap((revisions) => revisions.slice(-1))
          .filter((document) => kind === undefined || document.kind === kind),
      }),
    'document.history': ({ kind, id, limit }) =>
      ok({ revisions: [...(world.documents.get(`${kind}/${id}`) ?? [])].reverse().slice(0, limit) }),
    'document.revert': ({ kind, id, toRevision, reason = '' }, context) => {
      const old = world.documents.get(`${kind}/${id}`)?.[toRevision - 1];
      if (old === undefined) return err(appError('DOCUMENT_NOT_FOUND', { id }));
      world.note('document.revert', id, reason, context.commandId);
      const value = old.value;
      if (kind === 'switch' && value !== null && 'scope' in value)
        return changed(world.setSwitch(value.scope, value.mode, 'operator', reason, undefined).revision);
      return changed(world.put(kind, id, value, 'operator', reason).revision);
    },
    'document.drift': () =>
      ok({
        drift: [
          { kind: 'destination', id: 'mixpanel', path: 'delivery.concurrency', file: 16, now: 32, by: 'Ana Ruiz', at: world.startedAt },
        ],
      }),
    'source.put': ({ id, value }) => changed(world.put('source', id, value, 'operator', '').revision),
    'source.remove': ({ id }) => changed(world.put('source', id, null, 'operator', '').revision),
    'destination.put': ({ id, value }) => changed(world.put('destination', id, value, 'operator', '').revision),
    'destination.remove': ({ id }) => changed(world.put('destination', id, null, 'operator', '').revision),
    'destination.claim': ({ id, owner }) => {
      const document = world.newest('destination', id);
      if (document?.value === null || document === undefined) return err(appError('DOCUMENT_NOT_FOUND', { id }));
      const { owner: _, ...rest } = document.value as { owner?: string };
      return changed(world.put('destination', id, owner === null ? rest : { ...rest, owner }, 'operator', '').revision);
    },
    'settings.put': ({ value }) => changed(world.put('settings', 'gateway', value, 'operator', '').revision),
    ...pipelineHandlers(world),
    ...troubleHandlers(world),
    ...keepingHandlers(world),
    ...changingHandlers(world),
    ...recoveryHandlers(world),
    ...rolloutHandlers(world),
    ...upkeepHandlers(world),
    'gateway.key': () => ok({ publicKey: 'AAAA', fingerprint: 'SHA256:fake', environment: 'embedded' }),
    'credential.bind': () => err(appError('AUTH_FORBIDDEN')),
    'credential.remove': () => err(appError('AUTH_FORBIDDEN')),
    'credential.check': ({ destination }) =>
      ok({ verdict: destination === 'salesforce' ? 'refused' : 'works', detail: '', latencyMs: 142 }),
    'credential.list': () =>
      ok({
        credentials: world.lanes.map((lane) => ({
          destination: lane.id,
          connector: lane.connector,
          fields: [{ name: 'token', label: 'API token', multiline: false }],
          state:
            lane.character === 'unauthorised'
              ? ('refused' as const)
              : lane.character === 'idle'
                ? ('missing' as const)
                : ('present' as const),
          origin: `https://api.${lane.connector}.example`,
          version: lane.character === 'idle' ? null : 2,
          fingerprint: lane.character === 'idle' ? null : 'b7f2',
          from: lane.character === 'idle' ? null : ('desk' as const),
          boundAt: lane.character === 'idle' ? null : world.startedAt - 86_400_000,
          checkable: lane.connector !== 'webhook',
        })),
      }),
    'telemetry.history': ({ subject, fromMs, toMs, maxPoints }) =>
      ok(subject.type === 'gateway' ? gatewayHistory(world, fromMs, toMs, maxPoints) : historyOf(world, subject, fromMs, toMs, maxPoints)),
    'ledger.read': ({ destination }) =>
      ok({
        incarnation: 'c0ffee000001',
        ledgers: world.lanes.filter((lane) => destination === undefined || lane.id === destination).map(ledgerOf),
        sources: [sourceTotals('web', 6_588_400), sourceTotals('server', 2_823_718)],
      }),
    'event.where': ({ messageId }) =>
      messageId.startsWith('none') ? err(appError('EVENT_NOT_FOUND', { messageId })) : ok({ events: [whereOf(world, messageId)] }),
    'deadLetter.list': () =>
      ok({
        total: 213,
        items: Array.from({ length: 12 }, (_, index) => ({
          seq: 9_400_000 + index,
          gen: 0,
          at: world.startedAt - index * 61_000,
          attempts: 1,
          class: 'rejected',
          detail: 'user_data is empty',
          messageId: `ajs-next-${index}-9c1e`,
          type: 'track',
          name: 'Order Completed',
        })),
      }),
    'system.status': () =>
      ok({
        version: '0.1.0',
        node: 'node-a',
        environment: 'embedded',
        startedAt: world.startedAt - 5_400_000,
        dataFolder: '/var/lib/sluice',
        incarnation: 'c0ffee000001',
        holdFile: '/var/lib/sluice/HOLD',
        ingestUrl: 'http://127.0.0.1:8020',
        controlUrl: 'ws://127.0.0.1:8021',
        durability: 'fsync',
        ready: true,
        notReady: [],
        unbalanced: [],
        dedupeWindowMs: 432_000_000,
      }),
    'connector.list': () =>
      ok({
        connectors: ['mixpanel', 'ga4', 'meta', 'webhook'].map((id) => ({
          id,
          title: { mixpanel: 'Mixpanel', ga4: 'Google Analytics 4', meta: 'Meta Conversions API' }[id] ?? 'Signed webhook',
          confirms: id !== 'ga4',
          dedupe: id === 'ga4' ? 'none' : 'event',
          dedupeNote:
            id === 'ga4'
              ? 'GA4 cannot recognise a resend: an event whose answer was lost may count twice.'
              : 'The message id is sent as the vendor’s own insert id, so a resend is harmless.',
          maxBatch: id === 'ga4' ? 25 : 2000,
          maxBodyBytes: 10_000_000,
          freshnessMs: id === 'ga4' ? 259_200_000 : id === 'meta' ? 604_800_000 : null,
          messagesPeople: id === 'webhook',
          notes: [
            'Answers 200 for a batch even where single events failed; the body names them.',
            'Rate limit: 2 GB of uncompressed JSON a minute for each project.',
          ],
          defaultEndpoint: id === 'webhook' ? null : `https://api.${id}.example`,
          settings: settingsSchemas[id] ?? { type: 'object', properties: {} },
          credential: [{ name: 'token', label: 'API token', multiline: false }],
          checkable: id !== 'webhook',
        })),
      }),
    'audit.list': ({ limit, beforeSeq }) =>
      ok({
        entries: [...world.audit]
          .reverse()
          .filter((entry) => beforeSeq === undefined || entry.seq < beforeSeq)
          .slice(0, limit),
      }),
    'audit.verify': () => ok({ intact: true, entries: world.audit.length, brokenAt: null, head: world.audit.at(-1)?.hash ?? '' }),
    'audit.note': ({ target, note }, context) => ok({ seq: world.note('audit.note', target, note, context.commandId).seq }),
    'command.outcome': ({ commandId }) => {
      const entry = world.audit.find((each) => each.commandId === commandId);
      return entry === undefined
        ? err(appError('COMMAND_UNKNOWN'))
        : ok({ action: entry.action, target: entry.target, at: entry.at, outcome: entry.outcome });
    },
    'operation.list': () =>
      ok({
        operations: Object.values(operations).map(({ name, title, kind, permission, danger, audience, input }) => ({
          name,
          title,
          kind,
          permission,
          danger,
          audience,
          input: z.toJSONSchema(input, { unrepresentable: 'any' }) as Record<string, unknown>,
        })),
        topics: [],
      }),
  };
}

const settingsSchemas: Readonly<Record<string, Record<string, unknown>>> = {
  mixpanel: {
    type: 'object',
    properties: { projectId: { type: 'string', pattern: '^\\d+$' }, region: { type: 'string', enum: ['us', 'eu', 'in'], default: 'us' } },
    required: ['projectId'],
  },
  ga4: {
    type: 'object',
    properties: {
      measurementId: { type: 'string' },
      region: { type: 'string', enum: ['global', 'eu'], default: 'global' },
      sendMessageId: { type: 'boolean', default: true },
    },
    required: ['measurementId'],
  },
  meta: {
    type: 'object',
    properties: {
      datasetId: { type: 'string' },
      apiVersion: { type: 'string', default: '25.0' },
      actionSource: { type: 'string', enum: ['website', 'app', 'email'], default: 'website' },
      eventNames: { type: 'object', default: {}, additionalProperties: { type: 'string' } },
      customProperties: { type: 'array', default: [], items: { type: 'string' } },
      limitedDataUse: { type: 'boolean', default: false },
      testEventCode: { type: 'string' },
    },
    required: ['datasetId'],
  },
};

function previewOf(lanes: readonly FakeLane[]): BlastRadius {
  return {
    destinations: lanes.map((lane) => ({
      destination: lane.id,
      eventsPerMinute: Math.round(lane.ratePerSecond * 60),
      inFlight: 14,
      waiting: lane.waiting,
      held: 0,
      retrying: lane.retrying,
      tooOld: lane.waiting > 30_000 ? 1204 : 0,
      possiblyTwice: lane.connector === 'ga4' ? 12 : 0,
      budgetFullInMs: lane.ratePerSecond === 0 ? null : Math.round((90_000 / lane.ratePerSecond) * 1000),
      drainEtaMs: lane.waiting === 0 ? 0 : Math.round((lane.waiting / 400) * 1000),
      messagesPeople: lane.id === 'klaviyo',
    })),
  };
}

function ledgerOf(lane: FakeLane): Ledger {
  const isAccepting = lane.connector === 'ga4';
  const states = {
    filtered: Math.floor(lane.delivered / 40),
    waiting: lane.waiting,
    held: 0,
    retrying: lane.retrying,
    dead: lane.dead,
    confirmed: isAccepting ? 0 : lane.delivered,
    accepted: isAccepting ? lane.delivered : 0,
    suppressed: 0,
    dropped: 0,
    diverted: 0,
    expired: 0,
  };
  const total = Object.values(states).reduce((sum, count) => sum + count, 0);
  return {
    destination: lane.id,
    total,
    replayed: 0,
    divertedIn: 0,
    states,
    cursor: 9_412_000,
    head: 9_412_118,
    balanced: true,
    violations: [],
  };
}

function sourceTotals(source: string, accepted: number) {
  return {
    source,
    received: accepted + 1840 + 12,
    accepted,
    duplicate: 1840,
    malformed: 12,
    quarantined: 0,
    throttled: 0,
    refused: 0,
    balanced: true,
  };
}

function whereOf(world: World, messageId: string) {
  return {
    seq: 9_411_873,
    source: 'web',
    messageId,
    type: 'track',
    name: 'Order Completed',
    receivedAt: Date.now() - 94_000,
    bytes: 512,
    provenance: {
      schema: 'web@3',
      violations: 1,
      rules: ['pii/mail', 'pii/card'],
      releasedAt: Date.now() - 61_000,
      trace: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    },
    destinations: world.lanes.slice(0, 8).map((lane) => ({
      destination: lane.id,
      state:
        lane.state !== 'flowing'
          ? ('waiting' as const)
          : lane.character === 'dead'
            ? ('retrying' as const)
            : lane.connector === 'ga4'
              ? ('accepted' as const)
              : ('confirmed' as const),
      detail: lane.state !== 'flowing' ? lane.why : lane.character === 'dead' ? '502 Bad Gateway' : '',
      attempt: lane.character === 'dead' ? 4 : 1,
      nextAttemptAt: lane.character === 'dead' ? Date.now() + 41_000 : null,
      dedupeKey: lane.connector === 'ga4' ? null : messageId,
    })),
  };
}
