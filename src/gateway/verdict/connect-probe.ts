import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ProbeReading } from './evidence.ts';

export const probeTimeoutMs = 5_000;

/** Whether something can be connected to: TCP, and the TLS handshake where `isTls`. Says nothing, and trusts nobody. */
export type ConnectProbe = (address: Address) => Promise<Omit<ProbeReading, 'at'>>;

export interface Address {
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
}

export function addressOf(origin: string): Address {
  const { protocol, hostname, port } = new URL(origin);
  const isTls = protocol === 'https:';
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? (isTls ? 443 : 80) : Number(port), isTls };
}

/** `host:port`, `[::1]:port`. */
export function controlAddressOf(text: string): Address {
  const colon = text.lastIndexOf(':');
  return { host: text.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(text.slice(colon + 1)), isTls: false };
}

export const connectProbe: ConnectProbe = ({ host, port, isTls }) =>
  new Promise((resolve) => {
    const socket: Socket = isTls
      ? // Only whether it shakes hands is asked: nothing is sent, so nobody has to be trusted. Deliveries do verify.
        connectTls({ host, port, servername: /^[\d.]+$|:/.test(host) ? '' : host, rejectUnauthorized: false })
      : connectTcp({ host, port });
    const end = (kind: ProbeReading['kind'], detail: string) => {
      socket.destroy();
      resolve({ kind, via: 'connect', detail });
    };
    socket.setTimeout(probeTimeoutMs, () => end('unreachable', 'no answer in time'));
    socket.once(isTls ? 'secureConnect' : 'connect', () => end('reached', ''));
    socket.on('error', (error) => end('unreachable', 'code' in error && typeof error.code === 'string' ? error.code : 'no connection'));
  });
