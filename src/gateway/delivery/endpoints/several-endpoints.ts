/**
 * A lane with several endpoints. Which one is active, `choose-endpoint` says; here is what follows from it.
 *
 * Within one dedupe domain another endpoint takes over at once: whatever was under way at the former one may be sent
 * again. Across domains that would double events, so nothing is sent while the lane *moves*:
 *
 *   staying ──another domain is chosen──▶ leaving ──nothing unknown is left──▶ moved: the lane is closed, all that it
 *                                                       sent is settled and on disk, and it is opened over there
 *
 * An event without a verdict belongs to the domain in which it may have arrived, and waits until the lane is back
 * there. What was in flight when the process died nobody knows; so after a start everything that can have been
 * (`unknown`: the window above the cursor) belongs to the domain that was active, and is put aside as such before the
 * lane may leave it.
 */
import type { Uncertain } from '#gateway/log/uncertain.ts';
import { type Breaker, breakerOptionsOf, createBreaker } from '../breaker.ts';
import type { RouteSpec } from '../lane-spec.ts';
import type { Entry } from '../window.ts';
import { createAggregateBreaker } from './aggregate-breaker.ts';
import { type Choice, chooseEndpoint, type EndpointView } from './choose-endpoint.ts';
import type { EndpointsHost, LaneEndpoints, Wait } from './lane-endpoints.ts';
import { createProber, type Prober, probeEveryMs } from './prober.ts';
import { createRoute, type Route } from './route.ts';
import { createSuccess, createTurns, sharesOf } from './spread.ts';

const leastLookAgainMs = 1000;
const mostLookAgainMs = 15_000;

const defaults = { mode: 'ordered', healthyMs: 30_000, dwellMs: 60_000 } as const;

export class SeveralEndpoints implements LaneEndpoints {
  readonly breaker: Breaker;
  readonly routes: readonly Route[];
  readonly #host: EndpointsHost;
  readonly #policy: { readonly mode: 'ordered' | 'spread'; readonly healthyMs: number; readonly dwellMs: number };
  /** Dedupe domain of each route, by id. */
  readonly #domains: ReadonlyMap<string, string>;
  readonly #isOneDomain: boolean;
  readonly #success: ReadonlyMap<Route, ReturnType<typeof createSuccess>>;
  readonly #turns = createTurns();
  readonly #prober: Prober;
  #choice: Choice;
  #active: Route;
  /** Where the lane is about to move; null while it stays. */
  #leaving: Choice | null = null;
  #isMoving = false;
  #wantsAside = false;
  #unknown: Uncertain | null;

  constructor(host: EndpointsHost, first: Breaker) {
    const { spec, start } = host;
    this.#host = host;
    this.#policy = spec.destination.endpoints ?? defaults;
    this.#domains = new Map(spec.routes.map(({ id, dedupeDomain }) => [id, dedupeDomain]));
    this.#isOneDomain = new Set(this.#domains.values()).size === 1;
    this.routes = spec.routes.map((route, index) => this.#routeOf(route, index === 0 ? first : null));
    this.#success = new Map(this.routes.map((route) => [route, createSuccess()]));
    this.#choice = start.choice;
    this.#active = this.#find(start.choice.active);
    this.#unknown = start.unknown;
    this.breaker = createAggregateBreaker(
      this.routes.map(({ breaker }) => breaker),
      () => (this.#isSpread ? null : this.#active.breaker),
      () => this.reconsider(),
    );
    this.#prober = createProber(this.#proberHost(), probeEveryMs(this.#policy.healthyMs));
  }

  #routeOf(route: RouteSpec, breaker: Breaker | null): Route {
    const { spec, notes, now, consentGate } = this.#host;
    const key = `${spec.id}#${route.id}`;
    const memory = { note: notes.breaker(key), keep: (note: Parameters<typeof notes.keepBreaker>[1]) => notes.keepBreaker(key, note) };
    return createRoute(spec, route, {
      breaker: breaker ?? createBreaker(breakerOptionsOf(spec.destination.delivery), now, memory),
      domain: this.#isOneDomain ? null : route.dedupeDomain,
      gate: consentGate,
    });
  }

  #proberHost() {
    const { spec, now, mayProbe } = this.#host;
    return {
      spec,
      now,
      mayProbe,
      // Those among whom load is spread are probed by what they get of it.
      idle: () => (this.#isSpread ? [] : this.routes.filter((route) => route !== this.#active)),
      learned: () => this.reconsider(),
    };
  }

  get #isSpread(): boolean {
    return this.#policy.mode === 'spread';
  }
  get sockets(): number {
    return this.routes.reduce((sum, route) => sum + route.sockets, 0);
  }
  get choice(): Choice {
    if (!this.#isSpread) return this.#choice;
    const shares = this.shares();
    const most = this.routes[shares.indexOf(Math.max(...shares))] as Route;
    return { ...this.#choice, active: most.id, why: 'load is spread by weight and health' };
  }
  get lookAgainMs(): number {
    return Math.min(mostLookAgainMs, Math.max(leastLookAgainMs, this.#policy.healthyMs / 2));
  }
  get unknown(): Uncertain | null {
    return this.#unknown;
  }
  get asideThrough(): number | null {
    return this.#wantsAside && this.#isUnknownAhead() ? (this.#unknown?.throughSeq ?? null) : null;
  }

  shares(): readonly number[] {
    if (!this.#isSpread) return this.routes.map((route) => (route === this.#active ? 1 : 0));
    return sharesOf(
      this.routes.map((route) => {
        const { id, weight, breaker } = route;
        const state = breaker.allowance() > 0 ? breaker.state : 'open';
        return { id, weight, breaker: state, success: this.#success.get(route)?.rate ?? 1 };
      }),
    );
  }

  next(): Route | null {
    if (this.#leaving !== null) return null;
    if (!this.#isSpread) return this.#active;
    const id = this.#turns.next(
      this.routes.map((route) => route.id),
      this.shares(),
    );
    return id === null ? null : this.#find(id);
  }

  isUsable(route: Route): boolean {
    return this.#leaving === null && (this.#isSpread || route === this.#active);
  }

  waitOf(entry: Entry, route: Route): Wait | null {
    const domain = this.domainOf(entry);
    if (domain !== null && domain !== route.domain) return 'domain';
    return route.gate?.(entry.record.event) ? 'consent' : null;
  }

  domainOf(entry: Entry): string | null {
    if (this.#isOneDomain) return null;
    const unknown = this.#unknown !== null && entry.record.seq <= this.#unknown.throughSeq ? this.#unknown.domain : null;
    const domain = entry.domain ?? unknown;
    // Whoever took an endpoint out of the document with all of its domain took its claim with it.
    return domain !== null && this.routes.some((route) => route.domain === domain) ? domain : null;
  }

  healthySince(route: Route): number | null {
    return this.#prober.of(route).healthySince;
  }

  answered(route: Route, isGood: boolean): void {
    this.#success.get(route)?.add(isGood);
  }

  use(choice: Choice): void {
    const route = this.#find(choice.active);
    const isOther = route !== this.#active;
    this.#choice = choice;
    this.#active = route;
    this.#leaving = null;
    this.#prober.forget(route);
    // It may have been down for long: a few events first.
    if (isOther && route.breaker.measured !== 'closed') route.breaker.probe();
  }

  mayLeave(): boolean {
    if (this.#isUnknownAhead()) this.#wantsAside = true;
    return !this.#wantsAside;
  }

  reconsider(): void {
    if (this.#isSpread || this.#isMoving) return;
    const now = this.#host.now();
    const next = chooseEndpoint(this.#choice, this.#views(now), this.#policy, now);
    if (next === this.#choice) {
      this.#leaving = null;
      return;
    }
    if (next.domain === this.#choice.domain) {
      this.use(next);
      this.#host.endpointChanged(next);
      return this.#host.used();
    }
    if (now < this.#host.start.notBefore) return;
    this.#leaving = next;
    if (!this.mayLeave()) return;
    this.#isMoving = true;
    this.#host.moveTo(next);
  }

  async close(): Promise<void> {
    this.#isMoving = true;
    this.#prober.close();
    await Promise.all(this.routes.map((route) => route.close()));
  }

  #isUnknownAhead(): boolean {
    const isAhead = this.#unknown !== null && this.#host.cursor() < this.#unknown.throughSeq;
    if (!isAhead) this.#wantsAside = false;
    return isAhead;
  }

  #find(id: string): Route {
    const found = this.routes.find((route) => route.id === id);
    if (found === undefined) throw new Error(`a lane has no endpoint ${id}`);
    return found;
  }

  #views(now: number): readonly EndpointView[] {
    return this.routes.map((route) => {
      const { id, breaker } = route;
      const isDue = route !== this.#active && breaker.measured === 'open' && breaker.forced === null && breaker.opensAt <= now;
      const { healthySince, isFailing } = this.#prober.of(route);
      const domain = this.#domains.get(id) ?? '';
      return { id, domain, breaker: isDue ? ('half-open' as const) : breaker.state, why: breaker.why, healthySince, isFailing };
    });
  }
}
