/** Tells a vendor simulator to fail, on loan: it comes back by itself when nobody renews it. */
import { request } from 'undici';
import { appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import { z } from '#contract/zod.ts';

/** What a simulator says of itself. Anything else at that address is not one, and is told nothing. */
const greetingSchema = z.object({ simulator: z.literal('sluice'), origins: z.array(z.string()).max(100) });

export interface VendorFault {
  readonly failure: 'slow' | '500' | '401' | 'resetBefore';
  /** Share of requests that meet it, 0..1. */
  readonly share: number;
  /** Waited before any answer, ms. */
  readonly delayMs?: number;
}

export interface SimulatorClient {
  /** Where its vendors answer. DRILL_SIMULATOR_FAILED. */
  origins(base: string): Promise<Result<readonly string[]>>;
  /** DRILL_SIMULATOR_FAILED. */
  lend(base: string, vendor: string, fault: VendorFault, forMs: number): Promise<Result<void>>;
  /** Ends the loan. DRILL_SIMULATOR_FAILED. */
  giveBack(base: string, vendor: string): Promise<Result<void>>;
}

const timeoutMs = 3_000;
const mostAnswer = 65_536;

export function createSimulatorClient(): SimulatorClient {
  const tell = async (base: string, path: string, body: object): Promise<Result<void>> => {
    const answer = await ask(base, path, body);
    return answer.ok ? ok(undefined) : answer;
  };
  return {
    async origins(base) {
      const answer = await ask(base, '/_simulator');
      if (!answer.ok) return answer;
      const greeting = greetingSchema.safeParse(answer.value);
      return greeting.success ? ok(greeting.data.origins) : failed('What answers there is no vendor simulator.');
    },
    lend: (base, vendor, { failure, share, delayMs }, forMs) =>
      tell(base, '/_dial', { vendor, failure, share, forMs, ...(delayMs === undefined ? {} : { delayMs }) }),
    giveBack: (base, vendor) => tell(base, '/_giveBack', { vendor }),
  };
}

async function ask(base: string, path: string, body?: object): Promise<Result<unknown>> {
  try {
    const answer = await request(new URL(path, base), {
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (answer.statusCode !== 200) {
      await answer.body.dump({ limit: mostAnswer });
      return failed(`It answered HTTP ${answer.statusCode}.`);
    }
    return ok(JSON.parse((await answer.body.text()).slice(0, mostAnswer)));
  } catch {
    return failed('It does not answer.');
  }
}

function failed(why: string): Result<never> {
  return err(appError('DRILL_SIMULATOR_FAILED', { why }));
}
