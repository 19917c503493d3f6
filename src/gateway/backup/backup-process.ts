/** The backup process as the gateway sees it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { extname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { AppFailure, appError } from '#contract/errors.ts';
import type { WorkerClient } from '#gateway/log/sqlite/worker-client.ts';
import { toError } from '#gateway/log/sqlite/worker-client.ts';
import type { BackupOps } from './ops.ts';
import type { CallLine, ReplyLine } from './process-lines.ts';
import type { Report } from './progress.ts';

export type BackupProcess = WorkerClient<BackupOps>;
export type StartBackupProcess = (report: Report) => BackupProcess;

interface Line {
  post(call: CallLine): void;
  end(): Promise<void>;
}

const entry = new URL(`./backup.worker${extname(import.meta.filename)}`, import.meta.url);
/** How long the process may take to end once it is told to, ms. */
const endMs = 2000;

/** Inside Electron no plain Node process can be started: there it is a thread of this one. */
const hasProcesses = process.versions.electron === undefined;

/** Starts it. What it cannot do any more because it ended is an AppFailure BACKUP_FAILED. */
export function startBackupProcess(report: Report, as: 'process' | 'thread' = hasProcesses ? 'process' : 'thread'): BackupProcess {
  return startOver(report, as === 'process' ? inProcess : inThread);
}

function startOver(report: Report, start: (onReply: (reply: ReplyLine) => void, onGone: () => void) => Line): BackupProcess {
  const pending = new Map<number, { resolve(value: never): void; reject(error: Error): void }>();
  let lastId = 0;
  let isOver = false;

  function onReply(reply: ReplyLine): void {
    if ('report' in reply) return report(reply.report);
    const call = pending.get(reply.id);
    pending.delete(reply.id);
    if ('failure' in reply) call?.reject(toError(reply.failure));
    else call?.resolve(reply.value as never);
  }
  function onGone(): void {
    isOver = true;
    for (const { reject } of pending.values()) reject(gone());
    pending.clear();
  }
  const line = start(onReply, onGone);

  return {
    call(name, input) {
      if (isOver) return Promise.reject(gone());
      return new Promise((resolve, reject) => {
        const id = ++lastId;
        pending.set(id, { resolve, reject });
        line.post({ id, name, input });
      });
    },
    async stop() {
      isOver = true;
      await line.end();
      onGone();
    },
  };
}

function gone(): AppFailure {
  return new AppFailure(appError('BACKUP_FAILED', { cause: 'the backup process ended' }));
}

function inProcess(onReply: (reply: ReplyLine) => void, onGone: () => void): Line {
  // Nothing of ours: the gateway's environment may hold vendors' secrets.
  const env = Object.fromEntries(
    ['PATH', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'TZ', 'NODE_COMPILE_CACHE'].flatMap((name) =>
      process.env[name] ? [[name, process.env[name]]] : [],
    ),
  );
  const child: ChildProcess = spawn(process.execPath, [fileURLToPath(entry)], { stdio: ['pipe', 'pipe', 'inherit'], env });
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
  child.on('error', onGone);
  child.on('close', onGone);
  // A process that died closes its stdin under us; `close` tells.
  child.stdin?.on('error', () => {});
  if (child.stdout) createInterface(child.stdout).on('line', (text) => onReply(JSON.parse(text)));
  return {
    post: (call) => void child.stdin?.write(`${JSON.stringify(call)}\n`),
    async end() {
      child.stdin?.end();
      child.kill();
      // One that hangs in a disk's driver cannot be waited for.
      const timer = setTimeout(() => child.kill('SIGKILL'), endMs);
      await Promise.race([exited, new Promise((resolve) => setTimeout(resolve, endMs * 2).unref())]);
      clearTimeout(timer);
    },
  };
}

function inThread(onReply: (reply: ReplyLine) => void, onGone: () => void): Line {
  const worker = new Worker(entry, { name: 'sluice-backup' });
  worker.on('message', onReply);
  worker.on('error', onGone);
  worker.on('exit', onGone);
  return {
    post: (call) => worker.postMessage(call),
    end: async () => void (await worker.terminate()),
  };
}
