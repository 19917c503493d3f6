import { request } from 'node:http';
import { appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import { z } from '#contract/zod.ts';
import type { Owner } from '../../desk/owner-lock.ts';

const answerSchema = z.strictObject({ url: z.string().nullable() });
const answerMs = 3_000;

/**
 * Asks the Sluice that owns the data folder for a window.
 * @returns the address to open, or null when it opened a window itself. GATEWAY_OFFLINE when it does not answer.
 */
export function knock(door: NonNullable<Owner['door']>): Promise<Result<string | null>> {
  const { port, host } = new URL(door.url);
  const silent = err(appError('GATEWAY_OFFLINE', { detail: 'The Sluice that owns the folder does not answer.' }));
  return new Promise((resolve) => {
    const headers = { host, authorization: `Bearer ${door.key}` };
    // By number: not every resolver knows names under localhost.
    const asking = request({ host: '127.0.0.1', port, method: 'POST', path: '/door', headers, timeout: answerMs }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part) => {
        text += part;
      });
      response.on('end', () => resolve(response.statusCode === 200 ? parseAnswer(text) : silent));
    });
    asking.on('timeout', () => asking.destroy());
    asking.on('error', () => resolve(silent));
    asking.end();
  });
}

function parseAnswer(text: string): Result<string | null> {
  try {
    return ok(answerSchema.parse(JSON.parse(text)).url);
  } catch {
    return err(appError('FRAME_INVALID'));
  }
}
