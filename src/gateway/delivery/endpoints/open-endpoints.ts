import type { Breaker } from '../breaker.ts';
import type { EndpointsHost, LaneEndpoints } from './lane-endpoints.ts';
import { SeveralEndpoints } from './several-endpoints.ts';
import { SingleEndpoint } from './single-endpoint.ts';

/** @param breaker the lane's; it becomes that of its first endpoint */
export function openEndpoints(host: EndpointsHost, breaker: Breaker): LaneEndpoints {
  return host.spec.routes.length === 1 ? new SingleEndpoint(host.spec, breaker) : new SeveralEndpoints(host, breaker);
}
