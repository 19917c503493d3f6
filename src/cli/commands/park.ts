import { type SwitchScope, scopeId, scopeLabel } from '#contract/documents/switch.ts';
import type { AppError } from '#contract/errors.ts';
import { operations } from '#contract/operations/index.ts';
import { callOnce } from '../connection.ts';
import { holdByFile } from '../hold/hold-file.ts';
import { parseDuration, parseScope } from '../parse.ts';
import { isDraining, previewText, proofText } from '../print/proof.ts';
import { type Cli, type ExitCode, fail, isUnreachable, misuse, show } from '../report.ts';
import { dataFolderOf } from '../target.ts';

export interface ParkArguments {
  readonly scope: string;
  readonly for?: string | undefined;
  readonly reason?: string | undefined;
  readonly dryRun?: boolean | undefined;
  /** Write the hold file without asking the gateway. */
  readonly byFile?: boolean | undefined;
}

export const scopeHelp = 'a destination, or everything, source:<id>, event:<name>, destination:<id>';

/** Time the gateway has to answer a stop before the hold file is used instead, ms. */
const deadlineMs = 5000;

/** `sluice park`: holds and loses nothing. With the control port dead it falls back to the hold file. */
export async function runPark(cli: Cli, args: ParkArguments): Promise<ExitCode> {
  const scope = parseScope(args.scope);
  if (!scope) return misuse(cli, `“${args.scope}” is no scope. Name ${scopeHelp}.`);
  const forMs = args.for === undefined ? undefined : parseDuration(args.for);
  if (forMs === null) return misuse(cli, '--for takes a duration such as 90s, 30m, 2h or 1d.');
  if (args.byFile) return parkByFile(cli, scope, forMs !== undefined, null);

  const dryRun = args.dryRun ?? false;
  const input = { scope, mode: 'park' as const, forMs, reason: args.reason, dryRun };
  const outcome = await callOnce(cli, operations['switch.set'], input, { deadlineMs });
  if (outcome.ok) {
    const { preview, proof } = outcome.value;
    return show(cli, outcome.value, () => {
      if (!proof) return `Parking ${scopeLabel(scope)} would hold:\n${previewText(preview)}`;
      const tail = isDraining(proof)
        ? `\nRequests are still out. Later: sluice call switch.proof '${JSON.stringify({ id: scopeId(scope) })}'`
        : '';
      return `Parked ${scopeLabel(scope)}.\n${proofText(proof)}${tail}\nOpen it again with: sluice open ${quoted(scope)} --backlog drain --reason 'why'`;
    });
  }
  return !dryRun && couldNotAsk(outcome.error) ? parkByFile(cli, scope, forMs !== undefined, outcome.error) : fail(cli, outcome.error);
}

/** Whether the gateway never judged the command: only then does the file take its place. */
export function couldNotAsk(error: AppError): boolean {
  return isUnreachable(error) || error.code === 'AUTH_REQUIRED' || error.code === 'VERSION_MISMATCH';
}

export function quoted(scope: SwitchScope): string {
  const id = scope.type === 'destination' ? scope.destination : scopeId(scope);
  return /^[\w:.-]+$/.test(id) ? id : `'${id.replaceAll("'", "'\\''")}'`;
}

async function parkByFile(cli: Cli, scope: SwitchScope, hasTimer: boolean, why: AppError | null): Promise<ExitCode> {
  const folder = dataFolderOf(cli);
  if (folder === null) {
    if (why === null) return misuse(cli, 'The hold file is in the data folder of the gateway: name it with --data DIR.');
    const code = fail(cli, why);
    cli.io.err('On the host of the gateway, park without the control port: sluice park --data DIR\n');
    return code;
  }
  const held = holdByFile(folder, scope);
  if (!held.ok) {
    if (why) fail(cli, why);
    return fail(cli, held.error);
  }
  if (why) cli.io.err(`The gateway could not be asked (${why.code}).\n`);
  if (hasTimer) cli.io.err('The hold file has no timer: --for is not kept, open it by hand.\n');
  const line = scopeId(scope);
  return show(cli, { heldBy: 'file', file: held.value, line }, () =>
    [
      `Parked ${scopeLabel(scope)} by the hold file: ${held.value} now has the line “${line}”.`,
      'A running gateway reads it within half a second; a stopped one starts parked. That the name exists was not checked.',
      `Open it again with: sluice open ${quoted(scope)} --data ${folder}`,
    ].join('\n'),
  );
}
