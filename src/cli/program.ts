import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { addBackupCommands } from './backup-commands.ts';
import { runCall } from './commands/call.ts';
import { runDivert, runSample } from './commands/decide.ts';
import { runDiff } from './commands/diff.ts';
import { runLedger } from './commands/ledger.ts';
import { runOpen } from './commands/open.ts';
import { runOperations } from './commands/operations.ts';
import { runPark, scopeHelp } from './commands/park.ts';
import { type Chosen, runQuarantineDiscard, runQuarantineList, runQuarantineRelease } from './commands/quarantine.ts';
import { runStatus } from './commands/status.ts';
import { runVerdict } from './commands/verdict.ts';
import { runWatch } from './commands/watch.ts';
import { runWhere } from './commands/where.ts';
import { addDrillCommands } from './drill-commands.ts';
import type { Io } from './io.ts';
import { addPeopleCommands } from './people-commands.ts';
import { type Cli, type ExitCode, exitCode, type Options } from './report.ts';
import { addSetupCommands } from './setup-commands.ts';

const epilogue = `
The token comes from SLUICE_TOKEN, or with --data from the gateway's own control.json; never from the arguments.
Exit code: 0 done, 1 refused or failed (the code is on stderr), 2 wrong usage, 3 the gateway cannot be reached.`;

/** Runs one command line (without node and script); answers its exit code. Throws only for bugs. */
export async function runCli(args: readonly string[], io: Io): Promise<ExitCode> {
  let code: ExitCode = exitCode.ok;
  const program = createProgram(io, (outcome) => {
    code = outcome;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help and version are thrown as well.
    return error.exitCode === 0 ? exitCode.ok : exitCode.usage;
  }
}

function createProgram(io: Io, done: (code: ExitCode) => void): Command {
  const program = new Command('sluice')
    .description('Operates a Sluice gateway: whatever the console can do, a script can.')
    .option('--url <url>', 'control port of the gateway (default: SLUICE_URL, then control.json, then ws://127.0.0.1:8401)')
    .option('--data <folder>', 'data folder of the gateway on this host (default: SLUICE_DATA)')
    .option('--json', 'print JSON')
    .addHelpText('after', epilogue)
    .exitOverride()
    .configureOutput({ writeOut: (text) => void io.out(text), writeErr: (text) => io.err(text) });
  const cli = (): Cli => ({ io, options: program.opts<Options>() });
  addSwitchCommands(program, cli, done);
  addReadingCommands(program, cli, done);
  addQuarantineCommands(program, cli, done);
  addBackupCommands(program, cli, done);
  addDrillCommands(program, cli, done);
  addPeopleCommands(program, cli, done);
  addSetupCommands(program, cli, done);
  addGeneralCommands(program, cli, done);
  return program;
}

type Register = (program: Command, cli: () => Cli, done: (code: ExitCode) => void) => void;

const addSwitchCommands: Register = (program, cli, done) => {
  program
    .command('park')
    .argument('<scope>', scopeHelp)
    .description('hold deliveries; loses nothing, works with the control port dead when --data is given')
    .option('--for <duration>', 'open again by itself: 90s, 30m, 2h, 1d')
    .option('--reason <text>', 'why, for the audit')
    .option('--dry-run', 'only show what would be held')
    .option('--by-file', 'write the hold file without asking the gateway')
    .action(async (scope: string, options: object) => done(await runPark(cli(), { scope, ...options })));
  const deciding = (name: string): Command =>
    program
      .command(name)
      .argument('<scope>', scopeHelp)
      .option('--for <duration>', 'open again by itself: 90s, 30m, 2h, 1d')
      .option('--include-backlog', 'also what waits, is held or retried now')
      .option('--confirm <name>', 'the name of the scope, where the gateway asks for it')
      .option('--reason <text>', 'why, for the audit')
      .option('--dry-run', 'only show what would be touched');
  deciding('divert')
    .description('give events to another destination instead; loses nothing')
    .option('--to <destination>', 'who gets them')
    .action(async (scope: string, options: object) => done(await runDivert(cli(), { scope, ...options })));
  deciding('sample')
    .description('send a share of the events and drop the rest')
    .option('--share <number>', 'the share that is still sent, e.g. 0.1')
    .action(async (scope: string, options: object) => done(await runSample(cli(), { scope, ...options })));
  program
    .command('open')
    .argument('<scope>', scopeHelp)
    .description('let deliveries flow again')
    .option('--backlog <choice>', 'drain, fromNow, discard, newer:<30m or ISO time>')
    .option('--pace <events>', 'events a second while the backlog drains')
    .option('--confirm <name>', 'the name of what is opened, where the gateway asks for it')
    .option('--reason <text>', 'why, for the audit')
    .option('--dry-run', 'only show what would be released')
    .action(async (scope: string, options: object) => done(await runOpen(cli(), { scope, ...options })));
};

const addReadingCommands: Register = (program, cli, done) => {
  program
    .command('status')
    .description('is it up, is it ready, what is each lane doing')
    .action(async () => done(await runStatus(cli())));
  program
    .command('where')
    .argument('<messageId>')
    .description('where did my event go')
    .option('--source <source>')
    .action(async (messageId: string, options: { source?: string }) => done(await runWhere(cli(), messageId, options.source)));
  program
    .command('ledger')
    .argument('[destination]')
    .description('where every accepted event is; exits with 1 when it does not balance')
    .action(async (destination: string | undefined) => done(await runLedger(cli(), destination)));
  program
    .command('verdict')
    .argument('[destination]', 'one destination: with the evidence')
    .description('us or them: whose trouble it is, since when and why')
    .option('--now', 'ask the vendor and its status page first; needs a destination')
    .action(async (destination: string | undefined, options: { now?: boolean }) =>
      done(await runVerdict(cli(), destination, options.now ?? false)),
    );
  program
    .command('diff')
    .description('what differs from the configuration file')
    .option('--exit-code', 'exit with 1 when something differs')
    .action(async (options: { exitCode?: boolean }) => done(await runDiff(cli(), options.exitCode ?? false)));
};

const addQuarantineCommands: Register = (program, cli, done) => {
  const quarantine = program.command('quarantine').description('events that break their tracking plan');
  const chosen = (name: string): Command =>
    quarantine.command(name).option('--source <source>', 'of this source only').option('--event <name>', 'of this name only');
  chosen('list')
    .description('what is held and why, without its content')
    .option('--limit <events>', 'show at most this many', positive)
    .action(async (options: Chosen) => done(await runQuarantineList(cli(), options)));
  chosen('release')
    .description('let what fits its plan now into the log')
    .option('--id <id>', 'this event only; may be repeated', collect)
    .option('--limit <events>', 'look at most at this many, oldest first', positive)
    .option('--reason <text>', 'why, for the audit')
    .option('--dry-run', 'only count what would be released')
    .action(async (options: Chosen) => done(await runQuarantineRelease(cli(), options)));
  chosen('discard')
    .description('give events up for good')
    .option('--id <id>', 'this event only; may be repeated', collect)
    .option('--confirm <word>', 'the word the gateway asks for')
    .option('--reason <text>', 'why, for the audit')
    .option('--dry-run', 'only count what would be discarded')
    .action(async (options: Chosen) => done(await runQuarantineDiscard(cli(), options)));
};

const addGeneralCommands: Register = (program, cli, done) => {
  program
    .command('call')
    .argument('<operation>')
    .argument('[input]', 'JSON; - reads it from stdin')
    .description('call any operation')
    .option('--deadline <ms>', 'how long to wait for the answer', positive, 10_000)
    .option('--command-id <id>', 'your own id of a command, to ask command.outcome with')
    .action(async (name: string, input: string | undefined, options: { deadline: number; commandId?: string }) =>
      done(await runCall(cli(), { name, input, deadlineMs: options.deadline, commandId: options.commandId })),
    );
  program
    .command('watch')
    .argument('<topic>')
    .argument('[params]', 'JSON')
    .description('print the items of a topic as they come')
    .option('--count <items>', 'stop after this many', positive)
    .option('--after-seq <seq>', 'resume a lossless topic after this seq', positive)
    .action(async (name: string, params: string | undefined, options: { count?: number; afterSeq?: number }) =>
      done(await runWatch(cli(), { name, params, count: options.count, afterSeq: options.afterSeq })),
    );
  program
    .command('operations')
    .argument('[name]', 'one operation or topic: its schemas')
    .description('list operations and topics')
    .action(async (name: string | undefined) => done(await runOperations(cli(), name)));
};

function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value <= 0) throw new InvalidArgumentError('It takes a whole number above 0.');
  return value;
}
