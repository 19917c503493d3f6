import type { Command } from 'commander';
import { type EraseArguments, type ExportArguments, runErase, runErasures, runExportPerson } from './commands/people.ts';
import { type PurgeArguments, runPurge, runRetention } from './commands/retention.ts';
import type { Cli, ExitCode } from './report.ts';

/** What people may ask for, and how long data is kept. */
export function addPeopleCommands(program: Command, cli: () => Cli, done: (code: ExitCode) => void): void {
  program
    .command('erase')
    .description('erase the person named on stdin, {"userId":"..."} or {"anonymousId":"..."} or both; for good')
    .option('--let-back', 'take the person’s new events again at once, not when every vendor is through')
    .option('--confirm <word>', 'the word the gateway asks for')
    .option('--reason <text>', 'why, for the audit: a ticket, never the person')
    .option('--dry-run', 'only show what would be erased')
    .action(async (options: EraseArguments) => done(await runErase(cli(), options)));
  program
    .command('erasures')
    .description('how far erasures are, here and at each vendor')
    .option('--state <state>', 'running, attention or done')
    .action(async (options: { state?: string }) => done(await runErasures(cli(), options)));
  program
    .command('export-person')
    .description('everything held of the person named on stdin, as JSON lines in a new file that only you may read')
    .requiredOption('--out <file>', 'the file to make')
    .option('--reason <text>', 'why, for the audit: a ticket, never the person')
    .action(async (options: ExportArguments) => done(await runExportPerson(cli(), options)));
  program
    .command('retention')
    .description('how long what is kept')
    .action(async () => done(await runRetention(cli())));
  program
    .command('purge')
    .argument('<what>', 'log, quarantine, deadLetters, telemetry, erasures')
    .description('end or delete what is old ahead of its time')
    .requiredOption('--older-than <duration>', '12h, 30d')
    .option('--destination <destination>', 'of dead letters: only this one’s')
    .option('--confirm <word>', 'the word the gateway asks for')
    .option('--reason <text>', 'why, for the audit')
    .option('--dry-run', 'only count what would go')
    .action(async (what: string, options: PurgeArguments) => done(await runPurge(cli(), what, options)));
}
