/** *Us or them?* in a node: what the judging needs is drawn from documents, vault and ticks; what it finds goes to the audit. */
import { appError } from '#contract/errors.ts';
import type { OutputOf, ParsedInputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import { type VendorVerdict, type Verdict, verdicts as verdictNames } from '#contract/operations/verdict.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { Sink } from '#contract/service.ts';
import { mask } from '#gateway/connectors/detail.ts';
import { prepareCheck } from '#gateway/control/commands/credential-check.ts';
import type { SendCheck } from '#gateway/control/commands/deps.ts';
import { maskFields } from '#gateway/control/credentials/held-secret.ts';
import { destinationOrigin } from '#gateway/control/credentials/origin.ts';
import type { DocumentStore } from '#gateway/control/document-store.ts';
import type { Telemetry } from '#gateway/telemetry/telemetry.ts';
import { addressOf, connectProbe, controlAddressOf } from '#gateway/verdict/connect-probe.ts';
import type { ProbeReading } from '#gateway/verdict/evidence.ts';
import { createFeedFetcher } from '#gateway/verdict/feed/fetch-feed.ts';
import { createFeeds } from '#gateway/verdict/feeds.ts';
import { createProber } from '#gateway/verdict/prober.ts';
import type { Steady } from '#gateway/verdict/steady.ts';
import { createVerdicts, type Verdicts, type VerdictsDeps } from '#gateway/verdict/verdicts.ts';
import type { Closing } from './closing.ts';
import type { NodeState } from './state.ts';

export interface NodeVerdicts extends Verdicts {
  readonly handlers: {
    'verdict.read'(input: ParsedInputOf<Operations['verdict.read']>): Promise<Result<OutputOf<Operations['verdict.read']>>>;
    'verdict.probe'(input: ParsedInputOf<Operations['verdict.probe']>): Promise<Result<VendorVerdict>>;
  };
  /** The topic: first all verdicts, then each change. */
  readonly feed: (params: object, sink: Sink) => () => void;
}

/** Judges with each tick until closed. */
export function openVerdicts(state: NodeState, telemetry: Pick<Telemetry, 'observe'>, send: SendCheck, closing: Closing): NodeVerdicts {
  const { store, vault, registry } = state;
  const fetcher = createFeedFetcher();
  closing.add(() => fetcher.close());
  const verdicts = createVerdicts({
    prober: createProber(Date.now, Math.random),
    feeds: createFeeds(fetcher.fetch, Date.now, Math.random),
    now: Date.now,
    destinations: state.destinations,
    originOf(destination) {
      const connector = registry.get(destination.connector);
      return connector === null ? null : destinationOrigin(destination, connector);
    },
    credential: (id) => vault.credentialFor(id).state,
    probe: createProbe(state, send),
    control() {
      const { controlAddress } = state.settings();
      return controlAddress === undefined ? null : () => connectProbe(controlAddressOf(controlAddress));
    },
    before: lastVerdicts(store),
    changed: (changed) => note(store, changed),
  });
  closing.add(telemetry.observe(verdicts.take));
  return { ...verdicts, handlers: handlersOf(verdicts, state), feed: feedOf(verdicts) };
}

type Probe = VerdictsDeps['probe'];

/** By the connector's check call where there is one, else by connecting. */
function createProbe({ store, vault, registry }: NodeState, send: SendCheck): Probe {
  return (id, destination, isQuiet) => {
    if (!destination.enabled || destination.probe === 'off') return null;
    const prepared =
      isQuiet || destination.probe === 'connect' ? null : prepareCheck({ store, vault, connectors: registry, now: Date.now }, id);
    if (prepared?.ok && prepared.value.kind === 'ask') return check(prepared.value, send);
    // Whether a proxy can be reached says nothing of the vendor behind it.
    if (destination.transport?.proxy !== undefined) return null;
    const connector = registry.get(destination.connector);
    const origin = connector === null ? null : destinationOrigin(destination, connector);
    return origin === null ? null : connectProbe(addressOf(origin));
  };
}

type Asked = Extract<Extract<ReturnType<typeof prepareCheck>, { ok: true }>['value'], { kind: 'ask' }>;

async function check({ request, classify, secrets, reach }: Asked, send: SendCheck): Promise<Omit<ProbeReading, 'at'>> {
  const answer = await send(request, new AbortController().signal, reach);
  if (answer.kind === 'silent') return { kind: 'unreachable', via: 'check', detail: mask(answer.detail) };
  const { status } = answer.response;
  const { verdict, detail } = classify(answer.response);
  const kind = verdict === 'unknown' ? (status >= 500 ? 'failing' : 'reached') : verdict;
  return { kind, via: 'check', detail: kind === 'works' ? '' : mask(maskFields(detail, secrets)) };
}

function handlersOf(verdicts: Verdicts, { store }: NodeState): NodeVerdicts['handlers'] {
  const unknown = (destination: string) => err(appError('DOCUMENT_NOT_FOUND', { kind: 'destination', id: destination }));
  return {
    async 'verdict.read'({ destination }) {
      if (destination !== undefined && store.get('destination', destination)?.value == null) return unknown(destination);
      return ok({ verdicts: [...verdicts.read(destination)] });
    },
    async 'verdict.probe'({ destination }) {
      const asked = await verdicts.askNow(destination);
      return asked === null ? unknown(destination) : ok(asked);
    },
  };
}

function feedOf(verdicts: Verdicts): NodeVerdicts['feed'] {
  return (_, sink) => {
    const all = verdicts.read();
    if (all.length > 0) sink.push(all);
    return verdicts.watch((changed) => sink.push(changed));
  };
}

const action = 'verdict.changed';
const longestTarget = 300;

/** One entry for each verdict that was reached: where the network goes, fifty vendors go at once. */
function note(store: DocumentStore, changed: readonly VendorVerdict[]): void {
  for (const [verdict, of] of Map.groupBy(changed, (each) => each.verdict)) {
    const target = `destination/${of.map(({ destination }) => destination).join(',')}`.slice(0, longestTarget);
    store.note({ by: 'system', action, target, reason: of[0]?.line ?? '', commandId: null }, verdict);
  }
}

/** How far back trouble is looked for that began before the last restart. */
const auditEntries = 1000;

function lastVerdicts(store: DocumentStore): ReadonlyMap<string, Steady> {
  const last = new Map<string, Steady>();
  for (const entry of store.audit(null, auditEntries)) {
    const verdict = entry.action === action ? verdictNames.find((name): name is Verdict => name === entry.outcome) : undefined;
    if (verdict === undefined) continue;
    for (const id of entry.target.slice(entry.target.indexOf('/') + 1).split(','))
      if (!last.has(id)) last.set(id, { verdict, since: entry.at, rival: null });
  }
  for (const [id, { verdict }] of last) if (verdict === 'fine') last.delete(id);
  return last;
}
