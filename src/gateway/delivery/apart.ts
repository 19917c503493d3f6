/** On a lane that killed its process, encodes one event after the other in a worker, until enough of them got through. */
import type { GatewayEvent } from '#gateway/pipeline/event.ts';
import type { EncodeJob } from './encode-apart.ts';
import type { Isolated, Isolation } from './isolation.ts';

/** Events that go this way. */
const mostEvents = 8192;
/** Times that the worker may fail to start. */
const mostStops = 3;

export class Apart {
  #isolation: Isolation | null;
  #left = mostEvents;
  #stops = 0;
  #isBusy = false;
  #isClosing = false;

  /** @param isolation null where the process did not die on this lane */
  constructor(isolation: Isolation | null) {
    this.#isolation = isolation;
  }

  get isOn(): boolean {
    return this.#isolation !== null;
  }
  /** Events that will still go this way; null where none does. */
  get left(): number | null {
    return this.#isolation === null ? null : this.#left;
  }
  /** An event is with the worker. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** One at a time. Throws, in time, where the worker does not start. */
  async encode(event: GatewayEvent, job: Omit<EncodeJob, 'id' | 'event'>, done: (isolated: Isolated) => void): Promise<void> {
    if (!this.#isolation) throw new Error('nothing is encoded apart on this lane');
    this.#isBusy = true;
    const isolated = await this.#isolation.encode(event, job);
    this.#isBusy = false;
    if (isolated.kind === 'stopped') this.#stops += this.#isClosing ? 0 : 1;
    else if (--this.#left === 0) void this.#end();
    done(isolated);
    if (this.#stops >= mostStops) throw new Error('the worker that encodes events apart does not start');
  }

  async #end(): Promise<void> {
    const ended = this.#isolation;
    this.#isolation = null;
    await ended?.close();
  }

  /** What the worker has comes back as stopped. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#isolation?.close();
  }
}
