/**
 * Preloaded into the host and its gateway (`NODE_OPTIONS=--import=…`): writes each WebSocket frame that they send,
 * before it is masked, to the file that SLUICE_WIRETAP names; one JSON line a frame.
 */
import { appendFileSync } from 'node:fs';
import { basename } from 'node:path';
import { WebSocket } from 'ws';

const file = process.env.SLUICE_WIRETAP;
const program = basename(process.argv[1] ?? '');

if (file !== undefined) {
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function tapped(this: WebSocket, ...args: unknown[]) {
    appendFileSync(file, `${JSON.stringify({ program, frame: String(args[0]) })}\n`);
    return Reflect.apply(send, this, args);
  };
}
