import { operations } from '#contract/operations/index.ts';
import type { VendorVerdict } from '#contract/operations/verdict.ts';
import { callOnce } from '../connection.ts';
import { printable, table } from '../print/table.ts';
import { duration, time } from '../print/units.ts';
import { type Cli, type ExitCode, fail, show } from '../report.ts';

/** `sluice verdict`: us or them, since when, and why. Of one destination with the evidence; `--now` asks the vendor first. */
export async function runVerdict(cli: Cli, destination: string | undefined, isNow: boolean): Promise<ExitCode> {
  if (destination !== undefined && isNow) {
    const asked = await callOnce(cli, operations['verdict.probe'], { destination });
    if (!asked.ok) return fail(cli, asked.error);
    return show(cli, asked.value, () => withEvidence(asked.value, cli.io.now()));
  }
  const outcome = await callOnce(cli, operations['verdict.read'], { destination });
  if (!outcome.ok) return fail(cli, outcome.error);
  const { verdicts } = outcome.value;
  const [first] = verdicts;
  return show(cli, outcome.value, () =>
    destination !== undefined && first !== undefined ? withEvidence(first, cli.io.now()) : verdictTable(verdicts, cli.io.now()),
  );
}

function verdictTable(verdicts: readonly VendorVerdict[], now: number): string {
  if (verdicts.length === 0) return 'No verdict yet: the gateway has just started, or has no destinations.';
  return table(
    ['destination', 'verdict', 'for', 'why'],
    verdicts.map((each) => [each.destination, each.verdict, duration(Math.max(0, now - each.since)), each.line]),
  );
}

function withEvidence({ destination, verdict, since, line, evidence }: VendorVerdict, now: number): string {
  const head = `${destination}: ${verdict} for ${duration(Math.max(0, now - since))}, since ${time(since)}\n${printable(line)}`;
  const rows = evidence.map(({ from, says, text, at }) => [
    from,
    says ?? '-',
    at === null ? 'now' : `${duration(Math.max(0, now - at))} ago`,
    text,
  ]);
  return rows.length === 0 ? head : `${head}\n\n${table(['evidence', 'says', 'seen', ''], rows)}`;
}
