import type { Command } from 'commander';
import { type BackupRunArguments, runBackupExamine, runBackupList, runBackupRun } from './commands/backup.ts';
import { type MigrateArguments, type RestoreArguments, runMigrate, runRestore } from './commands/restore.ts';
import type { Cli, ExitCode } from './report.ts';

/** Backups of a running gateway; restoring and migrating the data folder of one that does not run. */
export function addBackupCommands(program: Command, cli: () => Cli, done: (code: ExitCode) => void): void {
  const backup = program.command('backup').description('backups of the gateway’s own state');
  backup
    .command('list')
    .description('what there is, when the next is due, and what is wrong')
    .action(async () => done(await runBackupList(cli())));
  backup
    .command('run')
    .description('make one now and wait for it')
    .option('--full', 'copy everything anew')
    .option('--reason <text>', 'why, for the audit')
    .option('--dry-run', 'only say how much would be copied')
    .action(async (options: BackupRunArguments) => done(await runBackupRun(cli(), options)));
  backup
    .command('verify')
    .argument('[backup]', 'its id; the newest unless told')
    .description('checksums, every database, ledgers and audit; exits with 1 where it is not sound')
    .action(async (id: string | undefined) => done(await runBackupExamine(cli(), 'verify', id)));
  backup
    .command('drill')
    .argument('[backup]', 'its id; the newest unless told')
    .description('rehearse a restore in an empty folder and measure it')
    .action(async (id: string | undefined) => done(await runBackupExamine(cli(), 'drill', id)));
  program
    .command('restore')
    .argument('<folder>', 'a backup, or a backup folder: then its newest')
    .description('put a backup in place of the data folder of a stopped gateway (--data); every lane is parked')
    .option('--dry-run', 'only say what would happen, with the duplicates to expect')
    .option('--old <folder>', 'take newer switches, erasures and consent from this folder')
    .option('--again', 'even where the folder is a restore of that backup already')
    .action(async (from: string, options: Omit<RestoreArguments, 'from'>) => done(await runRestore(cli(), { from, ...options })));
  program
    .command('migrate')
    .description('bring the databases of a stopped gateway (--data) to this version’s form, as a start would')
    .option('--dry-run', 'try it on copies')
    .option('--down <file>', 'take the newest step of a database back; may be repeated', collect)
    .action(async (options: MigrateArguments) => done(await runMigrate(cli(), options)));
}

function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}
