/** How destinations are reached, as an operator sees it: endpoints, protocols, certificates and their ends. */
import type { CertificateFacts } from '#contract/documents/transport.ts';
import type { OutputOf } from '#contract/operation.ts';
import type { transportRead } from '#contract/operations/transport.ts';
import { ok } from '#contract/result.ts';
import type { HandlersOf } from '#gateway/control/commands/context.ts';
import { findLiving } from '#gateway/control/commands/living.ts';
import { bindingOf } from '#gateway/control/credentials/origin.ts';
import type { DocumentStore } from '#gateway/control/document-store.ts';
import type { Vault } from '#gateway/control/vault.ts';
import type { Delivery } from '#gateway/delivery/delivery.ts';
import type { Lane } from '#gateway/delivery/lane.ts';
import { exposition, label } from '#gateway/telemetry/exposition.ts';
import { endingSoon, factsOfPem } from '#gateway/transport/certificates.ts';
import type { Closing } from './closing.ts';
import type { Logger } from './logger.ts';

type Reading = OutputOf<typeof transportRead>;
type DestinationReading = Reading['destinations'][number];

export interface TransportDeps {
  readonly store: DocumentStore;
  readonly vault: Pick<Vault, 'credentialForCheck'>;
  readonly delivery: Pick<Delivery, 'lanes'>;
  /** Of the port for events. */
  ingestCertificates(now: number): readonly CertificateFacts[];
  readonly logger: Logger;
  readonly now: () => number;
}

/** What we show and trust at a destination. A certificate is public; its key is not touched. */
function ownCertificates({ vault }: TransportDeps, { spec }: Lane, now: number): CertificateFacts[] {
  const { transport } = spec.destination;
  const credential = transport?.clientCertificate ? vault.credentialForCheck(spec.id) : null;
  const shown = credential?.state === 'present' ? (credential.values.clientCertificate ?? '') : '';
  return [...factsOfPem('client', shown, now), ...factsOfPem('ca', transport?.ca ?? '', now)];
}

function readLane(deps: TransportDeps, lane: Lane, now: number): DestinationReading {
  const { spec, endpoints } = lane;
  const { destination, connector, routes } = spec;
  const shares = endpoints.shares();
  const choice = endpoints.choice ?? {
    active: routes[0]?.id ?? '',
    since: deps.store.get('destination', spec.id)?.at ?? 0,
    why: '',
    pinned: false,
  };
  return {
    destination: spec.id,
    mode: endpoints.choice === null ? 'single' : (destination.endpoints?.mode ?? 'ordered'),
    active: choice.active,
    since: choice.since,
    why: choice.why,
    pinned: choice.pinned,
    binding: bindingOf(destination, connector) ?? '',
    proxy: destination.transport?.proxy?.url ?? null,
    endpoints: endpoints.routes.map((route, index) => ({
      id: route.id,
      url: route.url,
      dedupeDomain: routes[index]?.dedupeDomain ?? '',
      share: shares[index] ?? 0,
      breaker: route.breaker.state,
      healthySince: endpoints.healthySince(route),
      protocol: route.protocol,
      gzip: route.gzip,
      sockets: route.sockets,
      certificates: [...route.certificates(now)],
    })),
    certificates: ownCertificates(deps, lane, now),
  };
}

function warningsOf(destinations: readonly DestinationReading[], ingest: readonly CertificateFacts[]): Reading['warnings'] {
  const all = [
    ...destinations.flatMap(({ destination, endpoints, certificates }) => [
      ...endpoints.flatMap(({ id, certificates: shown }) => shown.map((certificate) => ({ destination, endpoint: id, certificate }))),
      ...certificates.map((certificate) => ({ destination, endpoint: null, certificate })),
    ]),
    ...ingest.map((certificate) => ({ destination: null, endpoint: null, certificate })),
  ];
  return [...endingSoon(all)];
}

/** @param only one destination; absent: all */
export function readTransport(deps: TransportDeps, only?: string): Reading {
  const now = deps.now();
  const lanes = [...deps.delivery.lanes.values()].filter(({ spec }) => only === undefined || spec.id === only);
  const destinations = lanes.map((lane) => readLane(deps, lane, now));
  const ingest = [...deps.ingestCertificates(now)];
  return { destinations, ingest, warnings: warningsOf(destinations, only === undefined ? ingest : []) };
}

/** DOCUMENT_NOT_FOUND where there is no such destination. */
export function createTransportHandlers(deps: TransportDeps): HandlersOf<'transport.read'> {
  return {
    'transport.read'({ destination, warningsOnly }) {
      const found = destination === undefined ? null : findLiving(deps.store, 'destination', destination);
      if (found !== null && !found.ok) return found;
      const reading = readTransport(deps, destination);
      return ok(warningsOnly ? { ...reading, destinations: [] } : reading);
    },
  };
}

const lookEveryMs = 6 * 3_600_000;
const firstLookMs = 60_000;

/** Warns in the log of certificates that end within 30 days, a few times a day. */
export function watchCertificates(deps: TransportDeps, closing: Closing): void {
  const look = () => {
    for (const { destination, endpoint, certificate } of readTransport(deps).warnings) {
      const { role, subject, expiresAt, daysLeft } = certificate;
      const where = { destination: destination ?? 'the port for events', endpoint, role, subject };
      deps.logger.warn({ ...where, daysLeft, expiresAt: new Date(expiresAt).toISOString() }, 'a certificate ends soon or has ended');
    }
  };
  const timers = [setTimeout(look, firstLookMs), setInterval(look, lookEveryMs)];
  closing.add(() => {
    for (const timer of timers) clearTimeout(timer);
  });
}

/** For /metrics: when each certificate ends. */
export function certificateMetrics(deps: TransportDeps): string {
  const { destinations, ingest } = readTransport(deps);
  const lines = new Map<string, number>();
  const add = (destination: string, endpoint: string, shown: readonly CertificateFacts[]) => {
    for (const { role, subject, expiresAt } of shown)
      lines.set(labels({ destination, endpoint, role, subject }), Math.round(expiresAt / 1000));
  };
  for (const { destination, endpoints, certificates } of destinations) {
    for (const { id, certificates: shown } of endpoints) add(destination, id, shown);
    add(destination, '', certificates);
  }
  add('', '', ingest);
  if (lines.size === 0) return '';
  return exposition([
    {
      name: 'sluice_certificate_ends_at_seconds',
      help: 'When a certificate ends, Unix time.',
      type: 'gauge',
      samples: [...lines].map(([text, value]) => ({ labels: text, value })),
    },
  ]);
}

function labels(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => label(name, value))
    .join(',');
}
