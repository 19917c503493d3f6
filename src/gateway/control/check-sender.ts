import { Agent, type buildConnector, request as send } from 'undici';
import { createDial } from '#gateway/transport/dial.ts';
import type { Reach } from '#gateway/transport/reach.ts';
import type { CheckAnswer, SendCheck } from './commands/deps.ts';

/** Largest part of a vendor's answer that is read, bytes. */
const maxAnswerBytes = 65_536;

/**
 * Sends check calls with a connection of their own, so that they never wait behind deliveries.
 * Redirects are not followed: they would take the secret to another address.
 */
export function createCheckSender(options: { readonly timeoutMs?: number } = {}): { readonly send: SendCheck; close(): Promise<void> } {
  const timeoutMs = options.timeoutMs ?? 10_000;
  const agentOver = (connect: buildConnector.BuildOptions | buildConnector.connector) =>
    new Agent({ connections: 2, connect, headersTimeout: timeoutMs, bodyTimeout: timeoutMs, keepAliveTimeout: 1000 });
  const straight = agentOver({ timeout: timeoutMs });
  return {
    async send({ method, url, headers, body }, signal, reach): Promise<CheckAnswer> {
      const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      const special =
        reach !== undefined && isSpecial(reach) ? agentOver(createDial({ reach, timeoutMs, offersHttp2: false }).connect) : null;
      try {
        const dispatcher = special ?? straight;
        const answer = await send(url, { method, headers: { ...headers }, body, dispatcher, signal: deadline });
        const text = await readSome(answer.body);
        return { kind: 'answered', response: { status: answer.statusCode, headers: flat(answer.headers), body: text } };
      } catch (thrown) {
        // Only the code: undici's messages may quote the URL, and a URL may hold a secret.
        return { kind: 'silent', detail: `No answer came (${codeOf(thrown)}).` };
      } finally {
        // One call, with a secret of one destination: nothing of it is kept.
        await special?.destroy();
      }
    },
    close: () => straight.close(),
  };
}

function isSpecial({ proxy, ca, client }: Reach): boolean {
  return proxy !== null || ca !== null || client !== null;
}

async function readSome(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    sizeBytes += chunk.length;
    if (sizeBytes >= maxAnswerBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, maxAnswerBytes).toString('utf8');
}

function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}

function codeOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'unknown';
  return 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : thrown.name;
}
