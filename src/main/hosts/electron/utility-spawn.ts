import { extname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { utilityProcess } from 'electron';
import type { SpawnGateway } from '../../embedded/gateway-process.ts';

/** Starts the gateway in a utility process of Electron, which ends with the main process. After `ready` only. */
export function createUtilitySpawn(log: (text: string) => void): SpawnGateway {
  const worker = join(import.meta.dirname, `gateway.worker${extname(import.meta.filename)}`);
  return (args) => {
    const child = utilityProcess.fork(worker, [...args], { stdio: 'pipe', serviceName: 'Sluice gateway' });
    const logLines = child.stderr ? createInterface(child.stderr).on('line', (line) => log(`${line}\n`)) : null;
    return {
      send: (line) => child.postMessage({ line }),
      onLine(listener) {
        if (child.stdout) createInterface(child.stdout).on('line', listener);
      },
      onLogLine: (listener) => void logLines?.on('line', listener),
      onExit: (listener) => void child.once('exit', (code) => listener(`exit code ${code}`)),
      close: () => child.postMessage({ close: true }),
      kill() {
        if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL');
      },
    };
  };
}
