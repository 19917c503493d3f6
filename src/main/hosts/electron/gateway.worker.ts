/**
 * Runs the gateway inside Electron's utility process. Such a process has no stdin, on which the
 * gateway takes its token and by whose end it knows that its parent is gone: here the channel
 * to the parent takes stdin's place.
 */
import { extname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { z } from '#contract/zod.ts';

const gatewayMessage = z.union([z.strictObject({ line: z.string() }), z.strictObject({ close: z.literal(true) })]);

const stdin = new PassThrough();
Object.defineProperty(process, 'stdin', { value: stdin, configurable: true });
process.parentPort.on('message', ({ data }) => {
  const message = gatewayMessage.parse(data);
  if ('line' in message) stdin.write(`${message.line}\n`);
  else stdin.end();
});

const entry = join(import.meta.dirname, '..', '..', '..', 'gateway', `index${extname(import.meta.filename)}`);
await import(/* @vite-ignore */ pathToFileURL(entry).href);
