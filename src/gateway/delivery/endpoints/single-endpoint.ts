import type { Breaker } from '../breaker.ts';
import type { LaneSpec } from '../lane-spec.ts';
import type { LaneEndpoints } from './lane-endpoints.ts';
import { createRoute, type Route } from './route.ts';

/** The endpoint of most lanes: nothing is chosen, and nothing is asked on the way. */
export class SingleEndpoint implements LaneEndpoints {
  readonly breaker: Breaker;
  readonly choice = null;
  readonly asideThrough = null;
  readonly unknown = null;
  readonly lookAgainMs = 0;
  readonly routes: readonly [Route];

  constructor(spec: LaneSpec, breaker: Breaker) {
    const [only] = spec.routes;
    if (only === undefined) throw new Error('a lane has at least one endpoint');
    this.breaker = breaker;
    this.routes = [createRoute(spec, only, { breaker, domain: null, gate: () => null })];
  }
  get sockets(): number {
    return this.routes[0].sockets;
  }
  shares(): readonly number[] {
    return [1];
  }
  next(): Route {
    return this.routes[0];
  }
  isUsable(): boolean {
    return true;
  }
  waitOf(): null {
    return null;
  }
  domainOf(): null {
    return null;
  }
  healthySince(): null {
    return null;
  }
  mayLeave(): boolean {
    return true;
  }
  answered(): void {}
  use(): void {}
  reconsider(): void {}
  close(): Promise<void> {
    return this.routes[0].close();
  }
}
