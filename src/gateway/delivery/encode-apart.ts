/** The far side of `isolation.ts`: encodes one event in a thread of its own, where a hang or a crash harms nobody. */
import { parentPort } from 'node:worker_threads';
import type { Connector, EncodedRequest } from '#gateway/connectors/connector.ts';
import type { GatewayEvent } from '#gateway/pipeline/event.ts';

export interface EncodeJob {
  readonly id: number;
  readonly connector: string;
  readonly event: GatewayEvent;
  readonly settings: unknown;
  readonly endpoint: string;
  readonly credential: Readonly<Record<string, string>>;
  /** Epoch ms. */
  readonly now: number;
}

export type EncodeReply =
  | { readonly id: number; readonly requests: readonly Omit<EncodedRequest, 'events'>[]; readonly refused: string | null }
  /** The connector threw an error of this name. What it said may quote the event. */
  | { readonly id: number; readonly threw: string };

/** The worker's first message: from here on it is the event that takes time. */
export const ready = 'ready';

/** Answers jobs from the thread that started this one. */
export function serveEncoding(find: (connector: string) => Connector | null): void {
  const port = parentPort;
  if (!port) throw new Error('events are encoded apart in a worker only');
  port.on('message', (job: EncodeJob) => port.postMessage(answer(job, find(job.connector))));
  port.postMessage(ready);
}

function answer({ id, event, ...context }: EncodeJob, connector: Connector | null): EncodeReply {
  if (!connector) return { id, threw: 'unknown connector' };
  try {
    const { requests, refused } = connector.encode([event], context);
    return { id, requests: requests.map(({ events: _events, ...rest }) => rest), refused: refused[0]?.detail ?? null };
  } catch (error) {
    return { id, threw: error instanceof Error ? error.name : 'an exception' };
  }
}
