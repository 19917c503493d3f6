/** The gateway of this installation, started for a piece of work on a data folder that needs no running one. */
import { spawn } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Cli, type ExitCode, exitCode } from './report.ts';

const entry = new URL(`../gateway/index${extname(import.meta.filename)}`, import.meta.url);
/** Wrong arguments, as the gateway's own exit code says. */
const usageCode = 2;

/** Runs it to its end. What it says goes where this command's words go. */
export function runLocalGateway({ io }: Cli, args: readonly string[]): Promise<ExitCode> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [fileURLToPath(entry), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.setEncoding('utf8').on('data', (text: string) => void io.out(text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => io.err(text));
    child.on('error', reject);
    child.on('close', (code) => resolve(code === 0 ? exitCode.ok : code === usageCode ? exitCode.usage : exitCode.failed));
  });
}
