/** Verifies a backup without restoring it. */
import { copyFileSync, linkSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { BackupCheck } from '#contract/operations/backup.ts';
import type { CompleteBackup } from './backup-folder.ts';
import { checkFiles, checkVersions } from './check-files.ts';
import { bytesOf, type Manifest } from './manifest.ts';
import type { Report } from './progress.ts';
import { type Proof, proveFolder } from './prove-folder.ts';

export interface CheckOptions {
  /** A folder that may be made and removed, best on the backup's disk: segments are then linked, not copied. */
  readonly workspace: string;
  /** Epoch ms. */
  now(): number;
  readonly report: Report;
}

const nothingProved: Proof = { problems: [], ledgers: 0, balanced: 0, auditIntact: false };

/** What is wrong is in the answer. Throws what the disk of the workspace throws. */
export async function checkBackup({ folder, manifest }: CompleteBackup, { workspace, now, report }: CheckOptions): Promise<BackupCheck> {
  const at = now();
  const started = performance.now();
  report({ phase: 'checking', moreFiles: manifest.files.length, moreBytes: bytesOf(manifest) });
  const wrong = [...checkVersions(manifest), ...checkFiles(folder, manifest, report)];
  const proof = wrong.length > 0 ? nothingProved : await prove(folder, manifest, workspace);
  const problems = [...wrong, ...proof.problems];
  return {
    at,
    ok: problems.length === 0,
    problems,
    files: manifest.files.length,
    bytes: bytesOf(manifest),
    durationMs: Math.round(performance.now() - started),
    ledgers: proof.ledgers,
    balanced: proof.balanced,
    auditIntact: proof.auditIntact,
  };
}

async function prove(folder: string, manifest: Manifest, workspace: string): Promise<Proof> {
  try {
    openWorkspace(folder, manifest, workspace);
    return await proveFolder(workspace, manifest);
  } finally {
    rmSync(workspace, { recursive: true, force: true });
  }
}

/** Makes a folder that can be opened as a data folder, without copying most of the log. Whoever calls removes it. */
export function openWorkspace(folder: string, manifest: Manifest, workspace: string): void {
  rmSync(workspace, { recursive: true, force: true });
  mkdirSync(join(workspace, 'log'), { recursive: true, mode: 0o700 });
  const newest = manifest.files.findLast(({ name }) => name.startsWith('log/'))?.name;
  for (const { name } of manifest.files) {
    const [from, to] = [join(folder, name), join(workspace, name)];
    // Closed segments are only read; everything else is opened for writing, and may be migrated.
    if (!name.startsWith('log/') || name === newest) copyFileSync(from, to);
    else linkOrCopy(from, to);
  }
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}
