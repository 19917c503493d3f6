import { type SwitchScope, scopeLabel } from '#contract/documents/switch.ts';
import { operations } from '#contract/operations/index.ts';
import { callOnce } from '../connection.ts';
import { parseDuration, parseScope } from '../parse.ts';
import { previewText, proofText } from '../print/proof.ts';
import { type Cli, type ExitCode, fail, misuse, show } from '../report.ts';
import { quoted, scopeHelp } from './park.ts';

interface DecideArguments {
  readonly scope: string;
  readonly for?: string | undefined;
  readonly includeBacklog?: boolean | undefined;
  readonly confirm?: string | undefined;
  readonly reason?: string | undefined;
  readonly dryRun?: boolean | undefined;
}

export interface DivertArguments extends DecideArguments {
  readonly to?: string | undefined;
}

export interface SampleArguments extends DecideArguments {
  readonly share?: string | undefined;
}

/** How one mode is asked for and spoken of. */
interface Decision {
  readonly mode: { readonly mode: 'divert'; readonly to: string } | { readonly mode: 'sample'; readonly share: number };
  would(scope: string): string;
  done(scope: string): string;
}

/** `sluice divert`: another destination gets the events instead. */
export async function runDivert(cli: Cli, args: DivertArguments): Promise<ExitCode> {
  const { to } = args;
  if (to === undefined) return misuse(cli, 'Name the destination that gets the events: --to <destination>.');
  return decide(cli, args, {
    mode: { mode: 'divert', to },
    would: (scope) => `Diverting ${scope} to ${to} would touch:`,
    done: (scope) => `Diverted ${scope} to ${to}.`,
  });
}

/** `sluice sample`: a share is sent, the rest is dropped. */
export async function runSample(cli: Cli, args: SampleArguments): Promise<ExitCode> {
  const share = Number(args.share);
  if (!(share > 0 && share < 1)) return misuse(cli, '--share takes a number between 0 and 1, such as 0.1 for a tenth.');
  return decide(cli, args, {
    mode: { mode: 'sample', share },
    would: (scope) => `Sampling ${scope} would touch:`,
    done: (scope) => `${scope} is sent a share of ${share}; the rest is dropped.`,
  });
}

async function decide(cli: Cli, args: DecideArguments, { mode, would, done }: Decision): Promise<ExitCode> {
  const scope: SwitchScope | null = parseScope(args.scope);
  if (!scope) return misuse(cli, `“${args.scope}” is no scope. Name ${scopeHelp}.`);
  const forMs = args.for === undefined ? undefined : parseDuration(args.for);
  if (forMs === null) return misuse(cli, '--for takes a duration such as 90s, 30m, 2h or 1d.');
  const { includeBacklog = false, confirm, reason, dryRun = false } = args;
  const outcome = await callOnce(cli, operations['switch.set'], { ...mode, scope, forMs, includeBacklog, confirm, reason, dryRun });
  if (!outcome.ok) return fail(cli, outcome.error);
  const { preview, proof } = outcome.value;
  const label = scopeLabel(scope);
  return show(cli, outcome.value, () =>
    proof
      ? `${done(label)}\n${proofText(proof)}\nOpen it again with: sluice open ${quoted(scope)} --backlog drain --reason 'why'`
      : `${would(label)}\n${previewText(preview)}`,
  );
}
