import { HEALTH_SPAN_MS } from './health.ts';

interface Span {
  readonly at: number;
  readonly delivered: number;
  readonly failed: number;
}

/** Running sums of one destination over the last minute of windows. */
export class Recent {
  readonly #spans: Span[] = [];
  delivered = 0;
  failed = 0;

  /** Adds a window that ended at `at` (epoch ms) and lets go of what is too old. */
  add(at: number, delivered: number, failed: number): void {
    if (delivered > 0 || failed > 0) this.#spans.push({ at, delivered, failed });
    this.delivered += delivered;
    this.failed += failed;
    for (let oldest = this.#spans[0]; oldest && oldest.at <= at - HEALTH_SPAN_MS; oldest = this.#spans[0]) {
      this.#spans.shift();
      this.delivered -= oldest.delivered;
      this.failed -= oldest.failed;
    }
  }
}
