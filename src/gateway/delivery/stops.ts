/**
 * What keeps one lane from sending, each for its own reason and at its own moment:
 *   rules.parked  a person, the hold file or a start flag
 *   hold          the system: a bug, a store that fails, no usable credential
 *   pausedUntil   the vendor asked to be left alone
 * The breaker and the endpoints say for themselves whether they take calls.
 */
import type { LaneDeps } from './lane-deps.ts';
import type { UsableCredential } from './lane-spec.ts';
import { type LaneRules, rulesBeforeDocuments, type Stop } from './rules.ts';

export class LaneStops {
  readonly #deps: Pick<LaneDeps, 'now' | 'credential'>;
  readonly #storeFails: () => Stop | null;
  #rules: LaneRules;
  /** Counts changes of the rules: a request that was made under others is not begun. */
  #revision = 0;
  #hold: Stop | null = null;
  #bug: Stop | null = null;
  #pausedUntil = 0;

  /** @param storeFails what keeps the lane from writing down what came of its events */
  constructor(deps: Pick<LaneDeps, 'now' | 'credential'>, storeFails: () => Stop | null) {
    this.#deps = deps;
    this.#storeFails = storeFails;
    this.#rules = rulesBeforeDocuments(deps.now());
  }

  get rules(): LaneRules {
    return this.#rules;
  }
  get revision(): number {
    return this.#revision;
  }
  get hold(): Stop | null {
    return this.#bug ?? this.#storeFails() ?? this.#hold;
  }
  /** Epoch ms. */
  get pausedUntil(): number {
    return this.#pausedUntil;
  }
  /** Nothing goes on at all: not even what a rule would end without a send. */
  get isStill(): boolean {
    return this.#rules.parked !== null || (this.hold !== null && !this.#rules.endsUnsent);
  }
  get mayFly(): boolean {
    return this.#rules.parked === null && this.hold === null;
  }

  setRules(rules: LaneRules): void {
    this.#rules = rules;
    this.#revision++;
  }

  /** Until the process starts anew. */
  byBug(): void {
    this.#bug ??= { why: 'held: stopped by a bug, see the gateway log', since: this.#deps.now() };
  }

  pauseUntil(atMs: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, atMs);
  }

  /** Looks at the credential: null, and the lane is held, where there is none to be used. */
  readCredential(): UsableCredential | null {
    const reading = this.#deps.credential();
    if (reading.usable) {
      this.#hold = null;
      return reading;
    }
    this.#hold ??= { why: `held: ${reading.detail}`, since: this.#deps.now() };
    return null;
  }
}
