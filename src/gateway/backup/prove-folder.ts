/** Opens everything in a folder of databases as a gateway would, migrating what is of a former version, and counts it again. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { BackupCheck } from '#contract/operations/backup.ts';
import { openSqliteStore } from '#gateway/control/sqlite-store.ts';
import { auditLogFolder } from '#gateway/log/audit-folder.ts';
import { StoreFailure } from '#gateway/log/sqlite/store-failure.ts';
import { bringUp } from '#gateway/migrations/bring-up.ts';
import { databaseSchemas } from '#gateway/migrations/schemas.ts';
import type { Manifest } from './manifest.ts';

export type Problem = BackupCheck['problems'][number];

export interface Proof {
  readonly problems: readonly Problem[];
  readonly ledgers: number;
  readonly balanced: number;
  readonly auditIntact: boolean;
}

/** What is wrong in words, for whatever opening a database can throw but a bug. */
export function problemOf(file: string, error: unknown): Problem {
  if (error instanceof StoreFailure) {
    const { cause, version, supported } = error.details;
    if (error.code === 'DATA_MIXED') return { file, problem: 'it belongs to another incarnation' };
    return { file, problem: error.code === 'DATA_NEWER' ? `version ${version} is newer than ${supported}` : String(cause ?? error.code) };
  }
  if (error instanceof Error && 'errcode' in error) return { file, problem: error.message };
  throw error;
}

/** Nobody else may have the folder open. Changes it: migrations, and the log's newest segment is opened for writing. */
export async function proveFolder(folder: string, manifest: Manifest): Promise<Proof> {
  const problems: Problem[] = [];
  for (const schema of databaseSchemas) {
    if (!existsSync(join(folder, schema.file))) continue;
    try {
      openOnce(join(folder, schema.file), (db) => bringUp(db, schema));
    } catch (error) {
      problems.push(problemOf(schema.file, error));
    }
  }
  if (problems.length > 0) return { problems, ledgers: 0, balanced: 0, auditIntact: false };
  const audit = await proveAudit(folder, manifest);
  const log = proveLog(folder, manifest);
  return { ...log, auditIntact: audit.length === 0, problems: [...audit, ...log.problems] };
}

function openOnce(path: string, work: (db: DatabaseSync) => void): void {
  const db = new DatabaseSync(path);
  try {
    work(db);
  } finally {
    db.close();
  }
}

async function proveAudit(folder: string, { audit }: Manifest): Promise<Problem[]> {
  const file = 'control.db';
  const opened = openSqliteStore({ file: join(folder, file), now: Date.now });
  if (!opened.ok) return [{ file, problem: opened.error.message }];
  const store = opened.value;
  try {
    const verdict = await store.verifyAudit();
    if (!verdict.intact) return [{ file, problem: `the audit is broken at entry ${verdict.brokenAt}` }];
    const entry = store.audit(audit.seq + 1, 1)[0];
    const isThere = audit.seq === 0 || (entry?.seq === audit.seq && entry.hash === audit.hash);
    return isThere ? [] : [{ file, problem: `audit entry ${audit.seq} is missing or another` }];
  } finally {
    store.close();
  }
}

function proveLog(folder: string, { head, incarnation }: Manifest): Omit<Proof, 'auditIntact'> {
  try {
    // Lanes of version 1 say nothing of an incarnation: they take the manifest's word. Others must agree with it.
    const audit = auditLogFolder(folder, incarnation);
    const problems: Problem[] = audit.ledgers.flatMap(({ destination, violations }) =>
      violations.map((violation) => ({ file: 'lanes.db', problem: `${destination}: ${violation}` })),
    );
    if (audit.head !== head) problems.push({ file: 'log', problem: `it ends at ${audit.head}, not at ${head}` });
    const balanced = audit.ledgers.filter(({ violations }) => violations.length === 0).length;
    return { problems, ledgers: audit.ledgers.length, balanced };
  } catch (error) {
    return { problems: [problemOf('log', error)], ledgers: 0, balanced: 0 };
  }
}
