import type { Command } from 'commander';
import { type ExportSetupArguments, type ImportSetupArguments, runExportSetup, runImportSetup } from './commands/setup.ts';
import type { Cli, ExitCode } from './report.ts';

const leaveOutHelp = 'a field that stays as it is on each gateway, such as destination.endpoint; may be repeated';

/** A set-up carried from one gateway to another. */
export function addSetupCommands(program: Command, cli: () => Cli, done: (code: ExitCode) => void): void {
  const collect = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];
  program
    .command('export')
    .argument('<file>', 'the file to make; - prints it')
    .description('the set-up (sources, destinations, settings, flags ...) as one YAML file, without any secret')
    .option('--of <moment>', 'a restore point, or an ISO time (default: now)')
    .option('--leave-out <field>', leaveOutHelp, collect)
    .action(async (file: string, options: ExportSetupArguments) => done(await runExportSetup(cli(), file, options)));
  program
    .command('import')
    .argument('<file>', 'what sluice export wrote; - reads it from stdin')
    .description('add and change what the file holds, in one step; what is here and not in the file stays')
    .option('--leave-out <field>', leaveOutHelp, collect)
    .option('--confirm <name>', 'the name of this environment')
    .option('--reason <text>', 'why, for the audit')
    .option('--dry-run', 'only show what would change')
    .action(async (file: string, options: ImportSetupArguments) => done(await runImportSetup(cli(), file, options)));
}
