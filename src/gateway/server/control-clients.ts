import type { WebSocket } from 'ws';
import { createWebSocketChannel } from '#contract/channels/websocket.ts';
import { createPeer } from '#contract/peer.ts';
import type { Caller, Service } from '#contract/service.ts';

/** Clients at once. A team's consoles have two links each. */
export const maxClients = 256;
/** How long a closing handshake may take before the socket is torn down, ms. */
const closingMs = 1000;

export interface ControlClients {
  /** Serves one WebSocket until it closes. */
  add(socket: WebSocket, caller: Caller): void;
  size(): number;
  /** Closes every link and resolves when their sockets are gone. */
  close(): Promise<void>;
}

export interface ControlClientsOptions {
  readonly service: Service;
  readonly capabilities: readonly string[];
  /** A client that has not answered a ping for this long is gone, ms. */
  readonly heartbeatMs: number;
  onBug(error: unknown, requestId: string | undefined): void;
}

/** One peer for each connected client, and one heartbeat for all of them. */
export function createControlClients({ service, capabilities, heartbeatMs, onBug }: ControlClientsOptions): ControlClients {
  const clients = new Map<WebSocket, { isAlive: boolean; readonly close: () => void }>();
  const heartbeat = setInterval(() => {
    for (const [socket, client] of clients) {
      if (client.isAlive) {
        client.isAlive = false;
        socket.ping();
      } else socket.terminate();
    }
  }, heartbeatMs);
  let whenEmpty = (): void => {};

  return {
    add(socket, caller) {
      const peer = createPeer({ channel: createWebSocketChannel(socket), serve: { service, context: caller }, capabilities, onBug });
      const client = { isAlive: true, close: () => peer.close('GATEWAY_OFFLINE') };
      clients.set(socket, client);
      const seen = (): void => {
        client.isAlive = true;
      };
      socket.on('pong', seen);
      socket.on('message', seen);
      socket.on('close', () => {
        clients.delete(socket);
        if (clients.size === 0) whenEmpty();
      });
    },
    size: () => clients.size,
    close: () =>
      new Promise((resolve) => {
        clearInterval(heartbeat);
        if (clients.size === 0) return resolve();
        const force = setTimeout(() => {
          for (const socket of clients.keys()) socket.terminate();
        }, closingMs);
        whenEmpty = () => {
          clearTimeout(force);
          resolve();
        };
        for (const client of clients.values()) client.close();
      }),
  };
}
