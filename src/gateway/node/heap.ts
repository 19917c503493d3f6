import { setFlagsFromString } from 'node:v8';

/**
 * Tells V8 to allocate every object in the young generation.
 *
 * V8 may decide that objects made at a certain place in the code live long, and allocate them in the old generation
 * from then on. It decides early, while the young generation is still a megabyte and even what lives for a request outlives a
 * collection of it. For a gateway that is wrong ever after: each such object, dead within milliseconds, keeps what it
 * points to until the next full collection. Measured under the `deliver` load: 2.8 MB of 11 MB allocated were
 * promoted, 0.3 MB without; a delivery takes about a tenth less CPU.
 */
export function tuneHeap(): void {
  setFlagsFromString('--no-allocation-site-pretenuring');
}
