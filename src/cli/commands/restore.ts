import { resolve } from 'node:path';
import { runLocalGateway } from '../local-gateway.ts';
import { type Cli, type ExitCode, misuse } from '../report.ts';
import { dataFolderOf } from '../target.ts';

export interface RestoreArguments {
  /** A backup, or a backup folder. */
  readonly from: string;
  readonly old?: string | undefined;
  readonly again?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
}

/** `sluice restore`: a backup into the data folder of a gateway that does not run. */
export async function runRestore(cli: Cli, { from, old, again, dryRun }: RestoreArguments): Promise<ExitCode> {
  const data = dataFolderOf(cli);
  if (data === null) return misuse(cli, 'Name the data folder to restore into: --data DIR');
  const args = ['--data', resolve(data), '--restore', resolve(from), '--only'];
  if (old !== undefined) args.push('--old', resolve(old));
  if (again) args.push('--again');
  if (dryRun) args.push('--dry-run');
  if (cli.options.json) args.push('--json');
  return runLocalGateway(cli, args);
}

export interface MigrateArguments {
  readonly down?: readonly string[] | undefined;
  readonly dryRun?: boolean | undefined;
}

/** `sluice migrate`: the databases of a data folder to this version's form, or a step back. */
export async function runMigrate(cli: Cli, { down = [], dryRun }: MigrateArguments): Promise<ExitCode> {
  const data = dataFolderOf(cli);
  if (data === null) return misuse(cli, 'Name the data folder: --data DIR');
  const args = ['--data', resolve(data), '--migrate', ...down.flatMap((file) => ['--down', file])];
  if (dryRun) args.push('--dry-run');
  if (cli.options.json) args.push('--json');
  return runLocalGateway(cli, args);
}
