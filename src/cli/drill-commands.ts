import type { Command } from 'commander';
import { drillKinds } from '#contract/documents/drill.ts';
import { type DrillArguments, runDrill, runDrillList } from './commands/drill.ts';
import type { Cli, ExitCode } from './report.ts';

/** Drills: something is broken on purpose, at the simulator, and followed until all is well again. */
export function addDrillCommands(program: Command, cli: () => Cli, done: (code: ExitCode) => void): void {
  program
    .command('drill')
    .argument('<kind>', `list, or one of ${drillKinds.join(', ')}`)
    .description('break something on purpose and measure how long until it is noticed and well again; exits with 1 unless it passed')
    .option('--destination <destination>', 'whom to break, where the kind breaks one; must be at the simulator')
    .option('--reason <text>', 'why, for the audit')
    .option('--dry-run', 'only say what it would touch')
    .action(async (kind: string, options: Omit<DrillArguments, 'kind'>) =>
      done(kind === 'list' ? await runDrillList(cli()) : await runDrill(cli(), { kind, ...options })),
    );
}
