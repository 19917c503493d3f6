import { type SwitchScope, scopeLabel } from '#contract/documents/switch.ts';
import type { AppError } from '#contract/errors.ts';
import { operations } from '#contract/operations/index.ts';
import { ok, type Result } from '#contract/result.ts';
import { callOnce } from '../connection.ts';
import { isHeldByFile, releaseByFile } from '../hold/hold-file.ts';
import type { HoldRemoval } from '../hold/hold-lines.ts';
import { parseBacklog, parseScope } from '../parse.ts';
import { previewText, proofText } from '../print/proof.ts';
import { type Cli, type ExitCode, fail, misuse, show } from '../report.ts';
import { dataFolderOf } from '../target.ts';
import { couldNotAsk, scopeHelp } from './park.ts';

export interface OpenArguments {
  readonly scope: string;
  readonly backlog?: string | undefined;
  /** Events a second while the backlog drains. */
  readonly pace?: string | undefined;
  readonly confirm?: string | undefined;
  readonly reason?: string | undefined;
  readonly dryRun?: boolean | undefined;
}

/**
 * `sluice open`: asks the gateway first, so that the choice about the backlog is in force before
 * anything flows, then takes the line out of the hold file.
 */
export async function runOpen(cli: Cli, args: OpenArguments): Promise<ExitCode> {
  const scope = parseScope(args.scope);
  if (!scope) return misuse(cli, `“${args.scope}” is no scope. Name ${scopeHelp}.`);
  const backlog = args.backlog === undefined ? undefined : parseBacklog(args.backlog, cli.io.now());
  if (backlog === null)
    return misuse(cli, '--backlog takes drain, fromNow, discard, or newer: with an age or a time (newer:30m, newer:2026-11-20T10:00:00Z).');
  const pacePerSecond = args.pace === undefined ? undefined : Number(args.pace);
  if (pacePerSecond !== undefined && !(pacePerSecond > 0)) return misuse(cli, '--pace takes events a second, such as 200.');

  const dryRun = args.dryRun ?? false;
  const input = { scope, mode: 'flow' as const, backlog, pacePerSecond, confirm: args.confirm, reason: args.reason, dryRun };
  const outcome = await callOnce(cli, operations['switch.set'], input);
  if (dryRun)
    return outcome.ok
      ? show(cli, outcome.value, () => previewOf(cli, scope, previewText(outcome.value.preview)))
      : fail(cli, outcome.error);
  if (!outcome.ok && !couldNotAsk(outcome.error)) return fail(cli, outcome.error);

  const release = releaseLine(cli, scope);
  if (!release.ok) return fail(cli, release.error);
  if (!outcome.ok) return openedByFileOnly(cli, scope, release.value, outcome.error);
  return show(cli, { ...outcome.value, holdLineRemoved: release.value?.isRemoved ?? false }, () => {
    const { proof } = outcome.value;
    return [`Opened ${scopeLabel(scope)}.`, ...(proof ? [proofText(proof)] : []), ...holdNotes(release.value)].join('\n');
  });
}

function previewOf(cli: Cli, scope: SwitchScope, table: string): string {
  const folder = dataFolderOf(cli);
  const isHeld = folder !== null && isHeldByFile(folder, scope);
  return `Opening ${scopeLabel(scope)} would release:\n${table}${isHeld ? '\nIts line in the hold file would be removed.' : ''}`;
}

function releaseLine(cli: Cli, scope: SwitchScope): Result<HoldRemoval | null> {
  const folder = dataFolderOf(cli);
  return folder === null ? ok(null) : releaseByFile(folder, scope);
}

function holdNotes(removal: HoldRemoval | null): readonly string[] {
  if (removal === null) return [];
  return [
    ...(removal.isRemoved ? ['Its line in the hold file is removed.'] : []),
    ...(removal.left.length > 0 ? [`The hold file still holds ${removal.left.map(scopeLabel).join(', ')}.`] : []),
  ];
}

/** A dead control port cannot open a switch, but a hold of the file ends with its line. */
async function openedByFileOnly(cli: Cli, scope: SwitchScope, removal: HoldRemoval | null, why: AppError): Promise<ExitCode> {
  if (!removal?.isRemoved) return fail(cli, why);
  cli.io.err(`The gateway could not be asked (${why.code}): where a switch parks it too, it stays parked.\n`);
  return show(cli, { holdLineRemoved: true }, () =>
    [`Opened ${scopeLabel(scope)} as far as the hold file goes.`, ...holdNotes(removal)].join('\n'),
  );
}
