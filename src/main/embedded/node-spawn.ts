import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { SpawnGateway } from './gateway-process.ts';

/** Starts the gateway as a child of Node. Its log, on stderr, goes where `log` says. @param entry path of gateway/index. */
export function createNodeSpawn(entry: string, log: (text: string) => void): SpawnGateway {
  return (args) => {
    const child = spawn(process.execPath, [entry, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
    const logLines = createInterface(child.stderr).on('line', (line) => log(`${line}\n`));
    // A gateway that died closes its stdin under us; onExit tells.
    child.stdin.on('error', () => {});
    let hasEnded = false;
    return {
      send: (line) => void child.stdin.write(`${line}\n`),
      onLine: (listener) => void createInterface(child.stdout).on('line', listener),
      onLogLine: (listener) => void logLines.on('line', listener),
      onExit(listener) {
        const end = (how: string): void => {
          if (hasEnded) return;
          hasEnded = true;
          listener(how);
        };
        child.on('error', (error) => end(error.message));
        child.on('close', (code, signal) => end(signal ?? `exit code ${code}`));
      },
      close: () => void child.stdin.end(),
      kill: () => void child.kill('SIGKILL'),
    };
  };
}
