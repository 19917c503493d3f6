import type { AppError } from '../errors.ts';
import { protocolVersion } from '../frames.ts';

/** Text of each frame that a peer sends. `evt` is put together from text that was serialised once for all subscribers. */
export const frameText = {
  hello: (capabilities: readonly string[]) => JSON.stringify({ t: 'hello', version: protocolVersion, capabilities }),
  request: (id: number, name: string, input: unknown, deadlineMs: number, commandId: string | undefined) =>
    JSON.stringify({ t: 'req', id, name, input, deadlineMs, commandId }),
  success: (id: number, value: unknown) => JSON.stringify({ t: 'res', id, ok: value }),
  failure: (id: number, error: AppError) => JSON.stringify({ t: 'res', id, error }),
  cancel: (id: number) => `{"t":"cancel","id":${id}}`,
  subscribe: (id: number, name: string, params: unknown, afterSeq: number | undefined) =>
    JSON.stringify({ t: 'sub', id, name, params, afterSeq }),
  unsubscribe: (id: number) => `{"t":"unsub","id":${id}}`,
  event: (id: number, seq: number, itemsJson: string, dropped: number) =>
    `{"t":"evt","id":${id},"seq":${seq},"items":${itemsJson},"dropped":${dropped}}`,
  ack: (id: number, seq: number) => `{"t":"ack","id":${id},"seq":${seq}}`,
  end: (id: number, error: AppError | undefined) => JSON.stringify({ t: 'end', id, error }),
  ping: (id: number) => `{"t":"ping","id":${id}}`,
  pong: (id: number) => `{"t":"pong","id":${id}}`,
} as const;
