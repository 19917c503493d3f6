/** Durable single events against a bare node:http server that answers at once. */
import type { BenchOptions, BenchReport } from '#tests/support/bench/report.ts';
import { eventAround, measureIngest } from './ingest-load.ts';

export function run({ quick }: BenchOptions): Promise<BenchReport> {
  const { before, after } = eventAround(500);
  return measureIngest({
    name: 'ingest',
    path: '/v1/track',
    bodyLua: `[[${before}]] .. id() .. [[${after}]]`,
    floor: 'answer',
    eventsPerRequest: 1,
    connections: 64,
    must: 0.45,
    aim: 0.65,
    quick,
  });
}
