import { destinationSchema } from '#contract/documents/destination.ts';
import type { Document, DocumentKind } from '#contract/documents/document.ts';
import { sourceSchema } from '#contract/documents/source.ts';
import { type SwitchMode, type SwitchScope, scopeId, switchSchema } from '#contract/documents/switch.ts';
import type { AuditEntry } from '#contract/operations/system.ts';
import type { Tick } from '#contract/telemetry/tick.ts';
import { createLanes, type FakeLane, tickOf } from './lanes.ts';
import { seedPipeline } from './pipeline.ts';
import { createRandom } from './random.ts';
import { seedRollouts } from './rollouts.ts';

export interface WorldOptions {
  readonly destinations: number;
  readonly seed?: number;
  readonly isEmpty?: boolean;
}

/** A made-up gateway that lives: documents, audit and one tick a second. Only the harness of the renderer uses it. */
export interface World {
  readonly lanes: readonly FakeLane[];
  readonly documents: Map<string, Document[]>;
  readonly audit: AuditEntry[];
  readonly startedAt: number;
  put(kind: DocumentKind, id: string, value: unknown, by: string, reason: string): Document;
  newest(kind: DocumentKind, id: string): Document | undefined;
  setSwitch(scope: SwitchScope, mode: SwitchMode, by: string, reason: string, forMs: number | undefined): Document;
  note(action: string, target: string, reason: string, commandId: string | null): AuditEntry;
  tick(at: number): Tick;
  onDocument(listener: (document: Document, seq: number) => void): () => void;
  onAudit(listener: (entry: AuditEntry) => void): () => void;
  seq(): number;
}

const laneStateUnder = { flow: 'flowing', park: 'parked', drop: 'dropping', divert: 'diverting', sample: 'flowing' } as const;

export function createWorld(options: WorldOptions): World {
  const random = createRandom(options.seed ?? 7);
  const startedAt = Date.now();
  const lanes = options.isEmpty ? [] : createLanes(options.destinations, startedAt, random);
  const documents = new Map<string, Document[]>();
  const audit: AuditEntry[] = [];
  const documentListeners = new Set<(document: Document, seq: number) => void>();
  const auditListeners = new Set<(entry: AuditEntry) => void>();
  let seq = 0;
  let head = 9_412_118;

  const newest = (kind: DocumentKind, id: string) => documents.get(`${kind}/${id}`)?.at(-1);
  const put: World['put'] = (kind, id, value, by, reason) => {
    const revisions = documents.get(`${kind}/${id}`) ?? [];
    const document = { kind, id, revision: revisions.length + 1, value, at: Date.now(), by, reason } as Document;
    documents.set(`${kind}/${id}`, [...revisions, document]);
    seq++;
    for (const listener of documentListeners) listener(document, seq);
    return document;
  };
  const note: World['note'] = (action, target, reason, commandId) => {
    const entry: AuditEntry = {
      seq: audit.length + 1,
      at: Date.now(),
      by: 'operator',
      action,
      target,
      outcome: 'ok',
      reason,
      commandId,
      hash: (audit.length + 1).toString(16).padStart(64, 'a'),
    };
    audit.push(entry);
    for (const listener of auditListeners) listener(entry);
    return entry;
  };
  /** Puts what was just set up into the past, so that ages look like a working day. */
  const seedPast = () => {
    const hour = 3_600_000;
    const parked = documents.get('switch/destination:klaviyo')?.at(-1);
    if (parked) documents.set('switch/destination:klaviyo', [{ ...parked, at: startedAt - 5 * hour }]);
    const klaviyo = lanes.find((lane) => lane.id === 'klaviyo');
    if (klaviyo) {
      klaviyo.since = startedAt - 5 * hour;
      klaviyo.waiting = 132_480;
      klaviyo.oldestAt = startedAt - 5 * hour;
    }
    const past: readonly (readonly [
      ageMs: number,
      by: string,
      action: string,
      target: string,
      outcome: string,
      reason: string,
      switchId?: string,
    ])[] = [
      [26 * hour, 'system', 'gateway.started', 'node-a', 'ok', ''],
      [26 * hour - 900, 'config', 'config.apply', 'config', 'applied', ''],
      [9 * hour, 'Ana Ruiz', 'destination.put', 'destination/mixpanel', 'applied', 'twice the concurrency for the sale'],
      [5 * hour, 'Mei Lin', 'switch.set', 'klaviyo', 'applied', 'double sends since their migration', 'destination:klaviyo'],
      [2 * hour, 'Jon Okafor', 'destination.claim', 'destination/salesforce', 'applied', ''],
      [1.9 * hour, 'Jon Okafor', 'credential.check', 'credential/salesforce', 'refused', ''],
      [0.6 * hour, 'Ana Ruiz', 'switch.set', 'source server', 'applied', 'duplicate orders after deploy 4127'],
      [0.2 * hour, 'Ana Ruiz', 'switch.set', 'source server', 'applied', 'order service fixed', 'source:server'],
      [0.1 * hour, 'Jon Okafor', 'destination.remove', 'destination/partner-feed', 'CONFIRMATION_REQUIRED', 'contract ended'],
    ];
    audit.unshift(
      ...past.map(
        ([ageMs, by, action, target, outcome, reason, switchId], index): AuditEntry => ({
          seq: index + 1,
          at: startedAt - ageMs,
          by,
          action,
          target,
          outcome,
          reason,
          commandId: null,
          hash: `${(index * 7919 + 104_729).toString(16)}e2c41b90d7`.padEnd(64, '5a'),
          ...(switchId === undefined ? {} : { changes: [{ kind: 'switch', id: switchId, revision: 1, digest: '' }] }),
        }),
      ),
    );
  };
  const setSwitch: World['setSwitch'] = (scope, mode, by, reason, forMs) => {
    const at = Date.now();
    const value = switchSchema.parse({ scope, mode, until: forMs === undefined ? null : at + forMs });
    for (const lane of lanes) {
      if (scope.type === 'destination' ? lane.id !== scope.destination : scope.type !== 'everything') continue;
      lane.state = laneStateUnder[mode];
      lane.desired = mode;
      lane.since = at;
      lane.why = mode === 'flow' ? '' : `${by} ${mode === 'park' ? 'parked' : 'drops'} it${reason === '' ? '' : `: ${reason}`}`;
      if (mode === 'flow' && lane.waiting === 0) lane.oldestAt = null;
    }
    return put('switch', scopeId(scope), value, by, reason);
  };
  const tick: World['tick'] = (at) => {
    const destinations = lanes.map((lane) => tickOf(lane, at, random));
    const accepted = Math.round(lanes.length === 0 ? 0 : 430 * (0.9 + random() * 0.2));
    head += accepted;
    const web = Math.round(accepted * 0.7);
    return {
      at,
      windowMs: 1000,
      node: 'node-a',
      head,
      resources: {
        cpu: 0.34 + random() * 0.1,
        loopLagP99Ms: 3 + random() * 4,
        rssBytes: 214e6 + random() * 4e6,
        heapBytes: 96e6 + random() * 8e6,
        diskFreeBytes: 182e9,
        logBytes: 4.1e9,
        commit: { n: 118, p50: 1.1 + random() * 0.2, p95: 2.4, p99: 5.2 + random() },
        settle: { n: 96, p50: 0.8, p95: 1.9, p99: 3.6 },
        sockets: 42,
      },
      sources: lanes.length === 0 ? [] : [sourceTick('web', web, random), sourceTick('server', accepted - web, random)],
      destinations,
      flows: destinations.flatMap((each) => [
        { source: 'web', destination: each.id, events: Math.round(each.delivered * 0.7) },
        { source: 'server', destination: each.id, events: Math.round(each.delivered * 0.3) },
      ]),
    };
  };

  if (!options.isEmpty) {
    put('source', 'web', sourceSchema.parse({ name: 'Web shop', writeKey: 'wk_web_demo', demo: true }), 'config', 'configuration file');
    put(
      'source',
      'server',
      sourceSchema.parse({ name: 'Order service', writeKey: 'wk_srv_demo', demo: true }),
      'config',
      'configuration file',
    );
  }
  for (const lane of lanes) {
    put(
      'destination',
      lane.id,
      destinationSchema.parse({
        name: lane.name,
        connector: lane.connector,
        tags: lane.tags,
        demo: true,
        ...(lane.owner === undefined ? {} : { owner: lane.owner }),
      }),
      'config',
      'configuration file',
    );
  }
  if (lanes.some((lane) => lane.id === 'klaviyo')) {
    setSwitch({ type: 'destination', destination: 'klaviyo' }, 'park', 'Mei Lin', 'double sends since their migration', undefined);
    setSwitch({ type: 'source', source: 'server' }, 'flow', 'Ana Ruiz', 'order service fixed', undefined);
    seedPast();
  }

  const world: World = {
    lanes,
    documents,
    audit,
    startedAt,
    put,
    newest,
    setSwitch,
    note,
    tick,
    onDocument: (listener) => {
      documentListeners.add(listener);
      return () => documentListeners.delete(listener);
    },
    onAudit: (listener) => {
      auditListeners.add(listener);
      return () => auditListeners.delete(listener);
    },
    seq: () => seq,
  };
  if (!options.isEmpty) seedPipeline(world);
  if (!options.isEmpty) seedRollouts(world);
  return world;
}

function sourceTick(id: string, accepted: number, random: () => number): Tick['sources'][number] {
  const duplicate = Math.round(accepted * 0.006 * random());
  const malformed = random() < 0.1 ? 1 : 0;
  return {
    id,
    received: accepted + duplicate + malformed,
    accepted,
    duplicate,
    malformed,
    quarantined: 0,
    throttled: 0,
    refused: 0,
    bytes: accepted * 512,
  };
}
