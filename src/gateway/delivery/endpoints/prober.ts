/**
 * Asks endpoints that are not in use whether they would work: by the connector's check call, or by a bare GET where there
 * is none. No event is put at risk by it. Any answer below 500 is good: somebody is at home.
 */
import type { EncodedRequest } from '#gateway/connectors/connector.ts';
import type { LaneSpec, UsableCredential } from '../lane-spec.ts';
import type { Route } from './route.ts';

export interface Health {
  /** Epoch ms since when every probe was good; null where the last was not, or there was none. */
  readonly healthySince: number | null;
  /** The last probe was bad. */
  readonly isFailing: boolean;
}

export interface Prober {
  of(route: Route): Health;
  /** What is known of an endpoint is forgotten: it is in use now. */
  forget(route: Route): void;
  close(): void;
}

export interface ProberHost {
  readonly spec: LaneSpec;
  now(): number;
  /** Endpoints to ask. */
  idle(): readonly Route[];
  /** Null while nothing may be sent. */
  mayProbe(): UsableCredential | null;
  /** Something is known that was not before. */
  learned(): void;
}

const unknown: Health = { healthySince: null, isFailing: false };

/** Six probes make a healthy time; never more than ten a second, nor fewer than one in five seconds. */
export function probeEveryMs(healthyMs: number): number {
  return Math.min(5000, Math.max(100, healthyMs / 6));
}

function probeRequest({ connector, settings }: LaneSpec, { url }: Route, { values }: UsableCredential, now: number): EncodedRequest {
  const context = { settings, endpoint: url, credential: values, now };
  const request = connector.check?.encode(context);
  // A vendor may keep its check elsewhere; what is asked here is this endpoint.
  if (request !== undefined && new URL(request.url).origin === new URL(url).origin) return request;
  return { method: 'GET', url, headers: {}, body: null, events: [] };
}

export function createProber(host: ProberHost, everyMs: number): Prober {
  const known = new Map<string, Health>();
  const asking = new Set<string>();

  function learn(route: Route, isGood: boolean): void {
    asking.delete(route.id);
    if (!host.idle().includes(route)) return;
    const { healthySince } = known.get(route.id) ?? unknown;
    known.set(route.id, isGood ? { healthySince: healthySince ?? host.now(), isFailing: false } : { healthySince: null, isFailing: true });
    host.learned();
  }

  function ask(route: Route, credential: UsableCredential): void {
    asking.add(route.id);
    route.send(probeRequest(host.spec, route, credential, host.now()), credential, {
      mayStart: () => host.mayProbe() !== null,
      done(sent) {
        if (sent.kind === 'withdrawn') asking.delete(route.id);
        else learn(route, sent.kind === 'answer' && sent.response.status < 500);
      },
    });
  }

  const timer = setInterval(() => {
    const credential = host.mayProbe();
    if (credential === null) return;
    for (const route of host.idle()) if (!asking.has(route.id)) ask(route, credential);
  }, everyMs);

  return {
    of: (route) => known.get(route.id) ?? unknown,
    forget: (route) => void known.delete(route.id),
    close: () => clearInterval(timer),
  };
}
