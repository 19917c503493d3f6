/** Events that wait: many of them through batch ingest, quickly; and what a process takes of the machine's memory. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Pool } from 'undici';
import { writeKey } from './fleet.ts';
import { eventAround } from './ingest-load.ts';

const batchEvents = 500;
const connections = 8;

/** Sends `events` events of 500 bytes to the source of the fleet. @throws when a batch is refused */
export async function fillBacklog(ingestUrl: string, events: number): Promise<void> {
  const pool = new Pool(ingestUrl, { connections, pipelining: 1 });
  const { before, after } = eventAround(500);
  const headers = { 'content-type': 'application/json', authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}` };
  const run = randomBytes(4).toString('hex');
  let next = 0;
  const sendBatches = async () => {
    while (next < events) {
      const first = next;
      next = Math.min(events, next + batchEvents);
      const batch = Array.from({ length: next - first }, (_, index) => `${before}${run}-${first + index}${after}`);
      const answer = await pool.request({ method: 'POST', path: '/v1/batch', headers, body: `{"batch":[${batch.join(',')}]}` });
      await answer.body.dump();
      if (answer.statusCode !== 200) throw new Error(`a batch was answered with ${answer.statusCode}`);
    }
  };
  await Promise.all(Array.from({ length: connections }, sendBatches));
  await pool.close();
}

export interface ProcessMemory {
  /** Resident now, MB. */
  readonly nowMB: number;
  /** The most it ever was, MB. */
  readonly peakMB: number;
}

/** What /proc says; Linux only. @throws where the process is gone */
export function memoryOf(pid: number): ProcessMemory {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  const read = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024;
  return { nowMB: read('VmRSS'), peakMB: read('VmHWM') };
}
