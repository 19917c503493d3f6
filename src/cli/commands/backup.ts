import type { OutputOf } from '#contract/operation.ts';
import type { BackupCheck, BackupSummary } from '#contract/operations/backup.ts';
import { operations } from '#contract/operations/index.ts';
import { callOnce } from '../connection.ts';
import { right, table } from '../print/table.ts';
import { bytes, count, duration, time } from '../print/units.ts';
import { type Cli, type ExitCode, exitCode, fail, show } from '../report.ts';

/** The longest that a call may wait. */
const patiently = { deadlineMs: 600_000 };

type Listed = OutputOf<(typeof operations)['backup.list']>;

/** `sluice backup list`: what there is, and what is wrong with it. */
export async function runBackupList(cli: Cli): Promise<ExitCode> {
  const outcome = await callOnce(cli, operations['backup.list'], {}, patiently);
  return outcome.ok ? show(cli, outcome.value, () => listText(outcome.value)) : fail(cli, outcome.error);
}

export interface BackupRunArguments {
  readonly full?: boolean | undefined;
  readonly reason?: string | undefined;
  readonly dryRun?: boolean | undefined;
}

/** `sluice backup run`: makes one now and waits until it is complete. */
export async function runBackupRun(cli: Cli, { full, reason, dryRun }: BackupRunArguments): Promise<ExitCode> {
  const input = { mode: full ? ('full' as const) : ('incremental' as const), wait: true, reason, dryRun };
  const outcome = await callOnce(cli, operations['backup.run'], input, patiently);
  if (!outcome.ok) return fail(cli, outcome.error);
  const { id, copiedBytes, freeBytes } = outcome.value;
  const copied = bytes(copiedBytes ?? 0);
  const room = freeBytes === null ? '' : `, ${bytes(freeBytes)} are free`;
  return show(cli, outcome.value, () => (dryRun ? `Would copy about ${copied}${room}.` : `${id}: ${copied} copied.`));
}

/** `sluice backup verify` and `drill`: exits with 1 where the backup is not sound. */
export async function runBackupExamine(cli: Cli, what: 'verify' | 'drill', id: string | undefined): Promise<ExitCode> {
  const input = { id, wait: true };
  const outcome =
    what === 'verify'
      ? await callOnce(cli, operations['backup.verify'], input, patiently)
      : await callOnce(cli, operations['backup.drill'], input, patiently);
  if (!outcome.ok) return fail(cli, outcome.error);
  const result = 'check' in outcome.value ? outcome.value.check : outcome.value.drill;
  await show(cli, outcome.value, () => (result ? checkText(outcome.value.id, result) : outcome.value.id));
  return result?.ok === false ? exitCode.failed : exitCode.ok;
}

function checkText(id: string, result: BackupCheck & { readonly recoveryMs?: number | undefined }): string {
  const counted = `${count(result.balanced)} of ${count(result.ledgers)} ledgers balance, audit ${result.auditIntact ? 'intact' : 'BROKEN'}`;
  if (!result.ok) return [`${id} is NOT sound:`, ...result.problems.map(({ file, problem }) => `  ${file}: ${problem}`)].join('\n');
  if (result.recoveryMs !== undefined) return `${id}: recovered in ${duration(result.recoveryMs)}; ${counted}.`;
  return `${id} is sound: ${count(result.files)} files, ${bytes(result.bytes)}; ${counted}.`;
}

function listText({ folder, folderError, freeBytes, nextAt, lastFailure, backups }: Listed): string {
  if (folder === null) return 'Nothing is backed up: no backup folder is set (settings, backup.folder).';
  const lines = [
    `${folder}${freeBytes === null ? '' : `, ${bytes(freeBytes)} free`}`,
    ...(folderError ? [`It cannot be used: ${folderError.details?.cause ?? folderError.message}`] : []),
    ...(lastFailure
      ? [`The last one failed, ${time(lastFailure.at)}: ${lastFailure.error.details?.cause ?? lastFailure.error.message}`]
      : []),
    nextAt === null ? 'None is planned.' : `Next: ${time(nextAt)}`,
  ];
  if (backups.length === 0) return [...lines, '', 'There is none yet.'].join('\n');
  const head = ['backup', 'taken', 'kind', right('size'), right('copied'), right('up to event'), 'checked', 'drill'];
  return [...lines, '', table(head, backups.map(rowOf))].join('\n');
}

function rowOf({ id, state, why, mode, at, bytes: size, copiedBytes, head, check, drill }: BackupSummary): string[] {
  if (state !== 'complete') return [id, at === null ? '-' : time(at), `${state}: ${why}`, '', '', '', '', ''];
  const checked = check === null ? '-' : check.ok ? 'sound' : 'DAMAGED';
  const drilled = drill === null ? '-' : drill.ok ? duration(drill.recoveryMs) : 'FAILED';
  return [id, time(at ?? 0), mode ?? '', bytes(size ?? 0), bytes(copiedBytes ?? 0), count(head ?? 0), checked, drilled];
}
