/** The demo's vendors, which live in a process of their own and are no part of the product. */
import type { DeskOperations } from '#contract/desk/operations.ts';
import { appError } from '#contract/errors.ts';
import type { OutputOf, ParsedInputOf } from '#contract/operation.ts';
import { err, ok, type Result } from '#contract/result.ts';
import { z } from '#contract/zod.ts';

export interface DemoController {
  dial(input: ParsedInputOf<DeskOperations['demo.dial']>): Promise<Result<void>>;
  counters(): Promise<Result<OutputOf<DeskOperations['demo.counters']>>>;
}

/** What each simulated vendor counted, by its name. */
const countersSchema = z.record(
  z.string(),
  z.object({ failure: z.string(), requests: z.number(), stored: z.number(), distinct: z.number() }),
);
const answerMs = 5_000;

/** Speaks to a simulator over HTTP: `POST /_dial {vendor, failure, share}`, `GET /_counters`. */
export function createHttpDemo(url: string): DemoController {
  async function ask(path: string, body?: unknown): Promise<Result<unknown>> {
    try {
      const post =
        body === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
      const response = await fetch(new URL(path, url), { ...post, signal: AbortSignal.timeout(answerMs) });
      if (!response.ok) return err(appError('INPUT_INVALID', { detail: `The simulator answered ${response.status}.` }));
      return ok(await response.json().catch(() => null));
    } catch {
      return err(appError('GATEWAY_OFFLINE', { detail: 'The vendor simulator does not answer.' }));
    }
  }

  return {
    async dial(input) {
      const answer = await ask('/_dial', input);
      return answer.ok ? ok(undefined) : answer;
    },
    async counters() {
      const answer = await ask('/_counters');
      if (!answer.ok) return answer;
      const parsed = countersSchema.safeParse(answer.value);
      if (!parsed.success) return err(appError('FRAME_INVALID', { detail: 'The simulator’s counters were not understood.' }));
      const vendors = Object.entries(parsed.data).map(([vendor, { failure, requests, stored, distinct }]) => ({
        vendor,
        failure,
        requests,
        stored,
        unique: distinct,
      }));
      return ok({ vendors });
    },
  };
}
