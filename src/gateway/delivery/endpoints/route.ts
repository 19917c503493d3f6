/** One endpoint of a lane as requests take it: its address, its connections, its breaker, what it wants. */
import type { ConsentPolicy } from '#contract/documents/consent.ts';
import type { CertificateFacts } from '#contract/documents/transport.ts';
import type { EncodedRequest } from '#gateway/connectors/connector.ts';
import { isReachSecret, reachOf } from '#gateway/transport/reach.ts';
import type { Breaker } from '../breaker.ts';
import { type LaneSpec, originOf, type RouteSpec, type UsableCredential } from '../lane-spec.ts';
import type { Gate } from '../rules.ts';
import { createSender, longestDialMs, type Sender, type SendHooks, type Sending } from '../sender.ts';

export interface Route {
  readonly id: string;
  /** Base URL without trailing slash, for the connector. */
  readonly url: string;
  /** Dedupe domain; null where the destination has only one, and it is no matter. */
  readonly domain: string | null;
  readonly weight: number;
  readonly breaker: Breaker;
  /** True: this endpoint must not get the event, for want of consent. null: it asks for nothing of its own. */
  readonly gate: Gate | null;
  readonly sockets: number;
  readonly protocol: Sender['protocol'];
  readonly gzip: boolean;
  send(request: EncodedRequest, credential: UsableCredential, hooks: SendHooks): Sending;
  certificates(now: number): readonly CertificateFacts[];
  close(): Promise<void>;
}

export interface RouteParts {
  readonly breaker: Breaker;
  readonly domain: string | null;
  gate(policy: ConsentPolicy): Gate | null;
}

const graceMs = 2000;

export function createRoute(spec: LaneSpec, { id, url, weight, consent }: RouteSpec, parts: RouteParts): Route {
  const { breaker, domain } = parts;
  const { concurrency: connections, timeoutMs } = spec.destination.delivery;
  /** Of former credentials, with the timers that close them. */
  const retired = new Map<Sender, NodeJS.Timeout>();
  let current: { readonly sender: Sender; readonly revision: number } | null = null;

  /** Connections are made with the credential's certificate and the proxy's password: another credential needs others. */
  function senderFor({ values, revision }: UsableCredential): Sender {
    if (current !== null && (!isReachSecret(spec.destination) || current.revision === revision)) return current.sender;
    if (current !== null) retire(current.sender);
    const reach = reachOf(spec.destination, spec.connector, values);
    current = { sender: createSender({ origin: originOf(url), connections, timeoutMs, reach }), revision };
    return current.sender;
  }
  /** What is under way goes on to its end; nothing takes longer than this. */
  function retire(sender: Sender): void {
    const timer = setTimeout(() => void close(sender), longestDialMs + timeoutMs + graceMs);
    retired.set(sender, timer.unref());
  }
  async function close(sender: Sender): Promise<void> {
    clearTimeout(retired.get(sender));
    retired.delete(sender);
    await sender.close();
  }

  return {
    id,
    url,
    domain,
    weight,
    breaker,
    gate: consent === null ? null : parts.gate(consent),
    gzip: reachOf(spec.destination, spec.connector, {}).gzip,
    get sockets() {
      return current?.sender.sockets ?? 0;
    },
    get protocol() {
      return current?.sender.protocol ?? null;
    },
    send: (request, credential, hooks) => senderFor(credential).send(request, hooks),
    certificates: (now) => current?.sender.certificates(now) ?? [],
    async close() {
      await Promise.all([current?.sender.close(), ...[...retired.keys()].map(close)]);
    },
  };
}
