/** The gateway process: reads its arguments, starts, prints one line of JSON when ready, ends on a signal. */
import './node/thread-pool.ts';
import { createInterface } from 'node:readline';
import { pino } from 'pino';
import type { AppError } from '#contract/errors.ts';
import { Secret } from '#contract/secret.ts';
import { z } from '#contract/zod.ts';
import { tuneHeap } from './node/heap.ts';
import { startGateway } from './node/index.ts';
import { maintain } from './node/maintenance.ts';
import { parseOptions, usage } from './node/options.ts';

const logger = pino({ level: process.env.SLUICE_LOG_LEVEL ?? 'info' }, pino.destination({ dest: 2, sync: false }));

/** Exit codes: 1 an expected failure, 2 wrong arguments, 70 a bug (EX_SOFTWARE). */
const exitCodes = { failure: 1, usage: 2, bug: 70 };

const mistakesSchema = z.object({ mistakes: z.array(z.object({ line: z.number(), path: z.string(), message: z.string() })) });

/** Mistakes in a file each get a line that a person can go to; other details are JSON. */
function detailsOf({ details }: AppError): string {
  if (!details) return '';
  const listed = mistakesSchema.safeParse(details);
  if (!listed.success) return `${JSON.stringify(details, null, 2)}\n`;
  return listed.data.mistakes.map(({ line, path, message }) => `  ${line > 0 ? `line ${line}, ` : ''}${path}: ${message}\n`).join('');
}

function fail(error: AppError, exitCode: number): never {
  process.stderr.write(`${error.code}: ${error.message} ${error.suggestedAction}\n${detailsOf(error)}`);
  process.exit(exitCode);
}

/** The first line of standard input as `{"token":"..."}`; the gateway ends when its parent closes the pipe. */
async function tokenFromStdin(onParentGone: () => void): Promise<Secret> {
  const lines = createInterface({ input: process.stdin });
  return new Promise((resolve) => {
    lines.once('line', (line) => resolve(new Secret(z.strictObject({ token: z.string().min(16) }).parse(JSON.parse(line)).token)));
    lines.once('close', onParentGone);
  });
}

async function main(): Promise<void> {
  tuneHeap();
  if (process.argv.includes('--help')) return void process.stdout.write(usage);
  const options = parseOptions(process.argv.slice(2));
  if (!options.ok) {
    process.stderr.write(usage);
    fail(options.error, exitCodes.usage);
  }
  const { maintenance, dataFolder } = options.value;
  if (maintenance) {
    // A gateway that goes on to start keeps stdout for its one line.
    const stream = maintenance.isOnly ? process.stdout : process.stderr;
    const done = await maintain(dataFolder, maintenance, (text) => void stream.write(text));
    if (!done.ok) fail(done.error, exitCodes.failure);
    if (maintenance.isOnly) return;
  }
  let close = async (): Promise<void> => {};
  let isEnding = false;
  const end = (): void => {
    if (isEnding) return;
    isEnding = true;
    close().then(
      () => process.exit(0),
      (error) => {
        logger.error({ err: error }, 'closing failed');
        process.exit(exitCodes.bug);
      },
    );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  const fromEnvironment = process.env.SLUICE_TOKEN;
  const token = options.value.tokenFromStdin ? await tokenFromStdin(end) : fromEnvironment ? new Secret(fromEnvironment) : null;
  delete process.env.SLUICE_TOKEN;
  const gateway = await startGateway(options.value, token, logger);
  if (!gateway.ok) fail(gateway.error, exitCodes.failure);
  close = gateway.value.close;
  process.stdout.write(`${JSON.stringify({ ready: true, ingest: gateway.value.ingestUrl, control: gateway.value.controlUrl })}\n`);
}

process.on('uncaughtException', (error) => {
  logger.fatal({ err: error }, 'bug');
  logger.flush(() => process.exit(exitCodes.bug));
});
await main();
