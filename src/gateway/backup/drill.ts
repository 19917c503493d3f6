/**
 * Rehearses a restore: the whole of it, into an empty folder, and then the log opened as a gateway would, until ingest
 * could go on. No lane is opened and nothing is sent.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { BackupDrillResult } from '#contract/operations/backup.ts';
import { createRegistry } from '#gateway/connectors/registry.ts';
import { openSqliteStore } from '#gateway/control/sqlite-store.ts';
import { openSqliteLog } from '#gateway/log/sqlite-log.ts';
import type { CompleteBackup } from './backup-folder.ts';
import { bytesOf } from './manifest.ts';
import type { Report } from './progress.ts';
import type { Problem } from './prove-folder.ts';
import { restore } from './restore/restore.ts';

export interface DrillOptions {
  /** A folder that may be made and removed; needs as much room as the backup. */
  readonly workspace: string;
  /** Epoch ms. */
  now(): number;
  readonly report: Report;
}

/** What is wrong is in the answer. */
export async function drillBackup(backup: CompleteBackup, { workspace, now, report }: DrillOptions): Promise<BackupDrillResult> {
  const at = now();
  const started = performance.now();
  rmSync(workspace, { recursive: true, force: true });
  mkdirSync(workspace, { recursive: true, mode: 0o700 });
  try {
    const options = { isDryRun: false, isAgain: false, isInUse: false, connectors: createRegistry(), now, report };
    const restored = await restore({ from: backup.folder, dataFolder: workspace, oldFolder: workspace, ...options });
    const opened = restored.ok ? await open(workspace, now) : null;
    const recoveryMs = Math.round(performance.now() - started);
    const refused: Problem[] = restored.ok ? [] : problemsOf(restored.error.details, restored.error.message);
    const problems = [...refused, ...(opened?.problems ?? [])];
    return {
      at,
      ok: problems.length === 0,
      problems,
      files: backup.manifest.files.length,
      bytes: bytesOf(backup.manifest),
      durationMs: recoveryMs,
      ledgers: opened?.ledgers ?? 0,
      balanced: opened?.balanced ?? 0,
      auditIntact: opened?.auditIntact ?? false,
      recoveryMs,
      head: opened?.head ?? 0,
    };
  } finally {
    rmSync(workspace, { recursive: true, force: true });
  }
}

function problemsOf(details: Readonly<Record<string, unknown>> | undefined, message: string): Problem[] {
  const found = details?.problems;
  if (!Array.isArray(found)) return [{ file: '', problem: message }];
  return found.map((each: Problem) => ({ file: String(each.file), problem: String(each.problem) }));
}

/** The limits of the real gateway do not matter here: nothing is taken in, and nothing is deleted. */
const roomy = {
  diskBudgetBytes: Number.MAX_SAFE_INTEGER,
  lowDiskBytes: 0,
  dedupeWindowMs: 7 * 86_400_000,
  dedupeMaxEntries: 5_000_000,
  retentionMs: Number.MAX_SAFE_INTEGER,
  segmentBytes: 128 * 1024 * 1024,
};

async function open(folder: string, now: () => number) {
  const store = openSqliteStore({ file: join(folder, 'control.db'), now });
  if (!store.ok) return nothing(store.error.message);
  const destinations = store.value.list('destination').map(({ id }) => id);
  const incarnation = store.value.lineage().at(-1)?.id ?? null;
  const { intact } = await store.value.verifyAudit();
  store.value.close();
  const log = await openSqliteLog({ folder, incarnation, ...roomy });
  if (!log.ok) return nothing(log.error.message);
  try {
    await log.value.ready();
    const ledgers = await Promise.all(destinations.map((destination) => log.value.ledger(destination)));
    const problems = ledgers.flatMap(({ destination, violations }) =>
      violations.map((violation) => ({ file: 'lanes.db', problem: `${destination}: ${violation}` })),
    );
    if (!intact) problems.push({ file: 'control.db', problem: 'the audit is broken' });
    const balanced = ledgers.filter(({ violations }) => violations.length === 0).length;
    return { problems, ledgers: ledgers.length, balanced, auditIntact: intact, head: log.value.head() };
  } finally {
    await log.value.close();
  }
}

function nothing(problem: string) {
  return { problems: [{ file: '', problem }], ledgers: 0, balanced: 0, auditIntact: false, head: 0 };
}
