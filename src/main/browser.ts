/**
 * The console without Electron: `node browser.ts [--data DIR] [--no-open]`. Prints where its
 * window is, or with `--print-url` one line of JSON, and ends on SIGINT or SIGTERM.
 */
import type { AppError } from '#contract/errors.ts';
import { parseArguments } from './hosts/arguments.ts';
import { type BrowserHost, startBrowserHost } from './hosts/browser/host.ts';
import { findAppPaths } from './hosts/paths.ts';

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function giveUp({ message, suggestedAction, details }: AppError): never {
  const detail = details ? ` ${JSON.stringify(details)}` : '';
  process.stderr.write(`Sluice cannot start: ${message} ${suggestedAction}${detail}\n`);
  process.exit(1);
}

function endWith(host: BrowserHost): void {
  let isStopping = false;
  const stop = async (): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    const isStuck = await host.stop();
    // An exit would wait for the thread that hangs in the keychain.
    if (isStuck) process.kill(process.pid, 'SIGKILL');
    process.exit(0);
  };
  process.on('SIGINT', () => void stop());
  process.on('SIGTERM', () => void stop());
}

const args = parseArguments(process.argv.slice(2), true);
if (!args.ok) giveUp(args.error);
const started = await startBrowserHost({ args: args.value, paths: findAppPaths(), log: (text) => void process.stderr.write(text) });
if (!started.ok) {
  const window = started.error.details?.window;
  if (started.error.code !== 'DATA_LOCKED' || typeof window !== 'string') giveUp(started.error);
  const owner = JSON.stringify(started.error.details?.owner ?? {});
  say(
    window === 'opened'
      ? `Sluice is already running here (${owner}); it opened a window.`
      : `Sluice is already running here (${owner}). Open ${window}`,
  );
  process.exit(0);
}

const host = started.value;
endWith(host);
if (args.value.printsUrl) {
  say(JSON.stringify({ url: host.newAddress() }));
} else {
  const { url } = args.value.opensWindow ? host.show() : { url: host.newAddress() };
  say(
    url === null
      ? 'Sluice opened a window. Ctrl-C stops it and its gateway.'
      : `Open ${url}\n(valid once, for 10 minutes; Ctrl-C stops Sluice and its gateway)`,
  );
}
