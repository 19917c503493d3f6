/** Durable batches of 100 events against a bare server that parses the same JSON and drops it. */
import type { BenchOptions, BenchReport } from '#tests/support/bench/report.ts';
import { eventAround, measureIngest } from './ingest-load.ts';

const eventsPerRequest = 100;

export function run({ quick }: BenchOptions): Promise<BenchReport> {
  const { before, after } = eventAround(500);
  return measureIngest({
    name: 'ingest-batch',
    path: '/v1/batch',
    bodyLua: `[[{"batch":[]] .. ids(${eventsPerRequest}, [[${before}]], [[${after}]], ",") .. [[]}]]`,
    floor: 'parse',
    eventsPerRequest,
    connections: 64,
    must: 0.35,
    aim: 0.6,
    quick,
  });
}
