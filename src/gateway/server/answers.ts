import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type AppError, httpStatus } from '#contract/errors.ts';

const shared = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } as const;

export function answerJson(response: ServerResponse, status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { ...shared, 'content-type': 'application/json', ...headers });
  response.end(`${JSON.stringify(value)}\n`);
}

export function answerText(response: ServerResponse, contentType: string, text: string): void {
  response.writeHead(200, { ...shared, 'content-type': contentType });
  response.end(text);
}

/** `{ "error": { code, message, suggestedAction ... } }` with the status of the catalogue. */
export function answerError(response: ServerResponse, error: AppError, headers: Readonly<Record<string, string>> = {}): void {
  answerJson(response, httpStatus(error.code), { error }, headers);
}

/** The same on a socket that asked for an upgrade, where there is no response object. */
export function refuseUpgrade(socket: Duplex, error: AppError): void {
  const body = `${JSON.stringify({ error })}\n`;
  const head = [
    `HTTP/1.1 ${httpStatus(error.code)} ${error.code}`,
    'connection: close',
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  // Without this a client that never hangs up would keep its half of the socket open for ever.
  socket.once('finish', () => socket.destroy());
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
