/** What is kept of one destination between two looks, and its verdict. */
import type { Destination } from '#contract/documents/destination.ts';
import type { VendorVerdict } from '#contract/operations/verdict.ts';
import type { DestinationTick } from '#contract/telemetry/tick.ts';
import type { Evidence, LaneCause } from './evidence.ts';
import { judge, judgeBriefly } from './judge.ts';
import { firstVerdict, type Steady, steady } from './steady.ts';
import { createTrafficWatch } from './traffic-watch.ts';

export type CredentialStanding = 'present' | 'not-needed' | 'missing' | 'origin-changed' | 'refused';
/** What others know of the vendor. */
export type Known = Pick<Evidence, 'probe' | 'feed' | 'neighbours' | 'control'> & { readonly credential: CredentialStanding };

export class VendorFile {
  readonly id: string;
  /** Scheme, host and port that it sends to; null where it has none. */
  readonly origin: string | null;
  destination: Destination;
  tick: DestinationTick;
  readonly traffic = createTrafficWatch();
  #steady: Steady | null;
  #line: string;

  /** @param before what was known under the same id; a new address starts with a clean sheet but keeps its verdict */
  constructor(tick: DestinationTick, destination: Destination, origin: string | null, before: VendorFile | Steady | null) {
    this.id = tick.id;
    this.tick = tick;
    this.destination = destination;
    this.origin = origin;
    this.#steady = before instanceof VendorFile ? before.#steady : before;
    this.#line = before instanceof VendorFile ? before.#line : '';
  }

  get isTroubled(): boolean {
    return this.#steady !== null && (this.#steady.verdict !== 'fine' || this.#steady.rival !== null);
  }

  take(tick: DestinationTick, destination: Destination, at: number): void {
    this.tick = tick;
    this.destination = destination;
    const isLearning = this.#steady?.verdict === 'fine' && this.#steady.rival === null;
    this.traffic.add(tick, at, destination.delivery.timeoutMs, isLearning);
  }

  /** Judges anew. changed: another verdict. reworded: the first, or the same one in other words. */
  look(known: Known, at: number): 'same' | 'reworded' | 'changed' {
    const { verdict, line } = judgeBriefly(this.#evidence(known, at));
    const [before, lineBefore] = [this.#steady, this.#line];
    this.#steady = before === null ? firstVerdict(verdict, at) : steady(before, verdict, at);
    // The line speaks for the verdict that stands, not for one that has not lasted yet.
    if (this.#steady.verdict === verdict || lineBefore === '') this.#line = line;
    if (before !== null && before.verdict !== this.#steady.verdict) return 'changed';
    return before !== null && lineBefore === this.#line ? 'same' : 'reworded';
  }

  show(known: Known, at: number): VendorVerdict {
    const { verdict, since } = this.#steady ?? firstVerdict('fine', at);
    return { destination: this.id, verdict, since, line: this.#line, evidence: [...judge(this.#evidence(known, at)).evidence] };
  }

  #evidence({ credential, ...known }: Known, at: number): Evidence {
    const { state, why } = this.tick;
    return { at, lane: { state, cause: causeOf(this.tick, credential), why }, traffic: this.traffic.read(at), ...known };
  }
}

function causeOf({ state, breakerDetail }: DestinationTick, credential: CredentialStanding): LaneCause {
  switch (state) {
    case 'flowing':
      return 'none';
    case 'off':
      return 'off';
    case 'parked':
    case 'dropping':
    case 'diverting':
      return 'person';
    case 'breaker':
      return breakerDetail?.forced?.state === 'open' ? 'person' : 'breaker';
    case 'held':
      if (credential === 'refused') return 'refused';
      return credential === 'missing' || credential === 'origin-changed' ? 'credential' : 'gateway';
  }
}
