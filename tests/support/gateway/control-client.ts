import { WebSocket } from 'ws';
import { createWebSocketChannel } from '#contract/channels/websocket.ts';
import type { InputOf, OutputOf } from '#contract/operation.ts';
import { type OperationName, type Operations, operations } from '#contract/operations/index.ts';
import { createPeer, type Peer } from '#contract/peer.ts';

/** A script's link to a gateway's control port. */
export interface ControlClient extends AsyncDisposable {
  readonly peer: Peer;
  /** Calls an operation; throws where it fails, for tests that expect it not to. */
  call<N extends OperationName>(name: N, input: InputOf<Operations[N]>): Promise<OutputOf<Operations[N]>>;
}

/** @param by who the audit says it was */
export function connectControl(url: string, token: string, by = 'test'): ControlClient {
  const socket = new WebSocket(url, ['sluice.v1', `sluice.token.${token}`, `sluice.client.${by}`]);
  const peer = createPeer({ channel: createWebSocketChannel(socket) });
  return {
    peer,
    async call(name, input) {
      const result = await peer.call(operations[name], input, { deadlineMs: 30_000 });
      if (!result.ok) throw new Error(`${name}: ${result.error.code} ${JSON.stringify(result.error.details ?? {})}`);
      return result.value as OutputOf<Operations[typeof name]>;
    },
    async [Symbol.asyncDispose]() {
      peer.close();
      await peer.closed;
    },
  };
}
