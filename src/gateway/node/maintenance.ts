/** What the gateway does instead of serving, or before: restoring a backup, migrating databases. Nobody else may have the folder open. */
import { existsSync } from 'node:fs';
import { type AppError, AppFailure, appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import { realDisk } from '#gateway/backup/disk.ts';
import { type RestoreOutcome, restore } from '#gateway/backup/restore/restore.ts';
import { restoreText } from '#gateway/backup/restore/restore-text.ts';
import { finishSwap } from '#gateway/backup/restore/swap.ts';
import { createRegistry } from '#gateway/connectors/registry.ts';
import { StoreFailure } from '#gateway/log/sqlite/store-failure.ts';
import { type FileMigration, migrateFolder, rehearse, stepDownFiles } from '#gateway/migrations/folder.ts';
import type { Maintenance, MigrateRequest, RestoreRequest } from './options.ts';
import { takeOwnership } from './owner-lock.ts';

/** Carries it out and writes what it found. Errors: DATA_LOCKED, DATA_READONLY, and those of a restore or a migration. */
export async function maintain(dataFolder: string, request: Maintenance, print: (text: string) => void): Promise<Result<void>> {
  const isThere = existsSync(dataFolder);
  if (!isThere && request.task === 'migrate') return err(appError('INPUT_INVALID', { '--data': 'there is no such folder' }));
  // A look makes no folder.
  const owned = isThere || !request.isDryRun ? takeOwnership(dataFolder, `${request.task}, process ${process.pid}`) : ok({ release() {} });
  const isInUse = !owned.ok && owned.error.code === 'DATA_LOCKED';
  if (!owned.ok && !(isInUse && request.isDryRun)) return owned;
  try {
    if (owned.ok && isThere) finishSwap(dataFolder);
    if (request.task === 'migrate') return migrate(dataFolder, request, print);
    const restored = await restoreNow(dataFolder, request, isInUse);
    if (restored.ok) print(request.isJson ? `${JSON.stringify(restored.value)}\n` : restoreText(restored.value));
    return restored.ok ? ok(undefined) : restored;
  } finally {
    if (owned.ok) owned.value.release();
  }
}

function restoreNow(dataFolder: string, request: RestoreRequest & Maintenance, isInUse: boolean): Promise<Result<RestoreOutcome>> {
  const { from, oldFolder, isAgain, isDryRun } = request;
  return restore({
    from,
    dataFolder,
    oldFolder: oldFolder ?? dataFolder,
    isDryRun,
    isAgain,
    isInUse,
    connectors: createRegistry(),
    now: Date.now,
    report: () => {},
  });
}

function migrate(
  dataFolder: string,
  { down, isDryRun, isJson }: MigrateRequest & Maintenance,
  print: (text: string) => void,
): Result<void> {
  try {
    const files =
      down.length > 0 && !isDryRun
        ? stepDownFiles(dataFolder, down)
        : isDryRun
          ? rehearse(dataFolder, realDisk.snapshot)
          : migrateFolder(dataFolder);
    print(isJson ? `${JSON.stringify({ isDryRun, files })}\n` : migrationText(files, isDryRun));
    return ok(undefined);
  } catch (error) {
    return err(failureOf(error));
  }
}

function failureOf(error: unknown): AppError {
  if (error instanceof AppFailure) return error.error;
  if (error instanceof StoreFailure) return appError(error.code, error.details);
  if (error instanceof Error && 'errcode' in error) return appError('DATA_CORRUPT', { cause: error.message });
  throw error;
}

function migrationText(files: readonly FileMigration[], isDryRun: boolean): string {
  const lines = files.flatMap(({ file, from, to, steps, durationMs }) =>
    from === to
      ? [`${file}: version ${to}, nothing to do`]
      : [`${file}: version ${from} to ${to} in ${durationMs} ms`, ...steps.map((step) => `  ${step.to} (${step.kind}): ${step.what}`)],
  );
  return `${lines.join('\n')}\n${isDryRun ? 'Tried on copies; nothing was changed.\n' : ''}`;
}
