import type { OutputOf } from '#contract/operation.ts';
import { operations } from '#contract/operations/index.ts';
import { ledgerStates } from '#contract/telemetry/ledger.ts';
import { callOnce } from '../connection.ts';
import { right, table } from '../print/table.ts';
import { count } from '../print/units.ts';
import { type Cli, type ExitCode, exitCode, fail, show } from '../report.ts';

type LedgerOutput = OutputOf<(typeof operations)['ledger.read']>;

const fates = ['received', 'accepted', 'duplicate', 'malformed', 'quarantined', 'throttled', 'refused'] as const;

/** `sluice ledger`: where every accepted event is. An imbalance is a bug: it exits with 1. */
export async function runLedger(cli: Cli, destination: string | undefined): Promise<ExitCode> {
  const outcome = await callOnce(cli, operations['ledger.read'], { destination });
  if (!outcome.ok) return fail(cli, outcome.error);
  const { ledgers, sources } = outcome.value;
  await show(cli, outcome.value, () => `${destinationTable(ledgers)}\n\n${sourceTable(sources)}`);
  const broken = [
    ...ledgers.filter(({ balanced }) => !balanced).map((ledger) => `${ledger.destination}: ${ledger.violations.join('; ')}`),
    ...sources.filter(({ balanced }) => !balanced).map(({ source }) => `source ${source}: received is not the sum of its parts`),
  ];
  for (const line of broken) cli.io.err(`UNBALANCED ${line}\n`);
  return broken.length > 0 ? exitCode.failed : exitCode.ok;
}

/** States that no destination has anything in are left out. */
function destinationTable(ledgers: LedgerOutput['ledgers']): string {
  const states = ledgerStates.filter((state) => ledgers.some((ledger) => ledger.states[state] > 0));
  const rows = ledgers.map((ledger) => [
    ledger.destination,
    count(ledger.total),
    ...states.map((state) => count(ledger.states[state])),
    count(ledger.cursor),
    count(ledger.head),
    ledger.balanced ? 'balanced' : 'UNBALANCED',
  ]);
  return table(['destination', ...['total', ...states, 'cursor', 'head'].map(right), ''], rows);
}

function sourceTable(sources: LedgerOutput['sources']): string {
  const rows = sources.map((each) => [each.source, ...fates.map((fate) => count(each[fate])), each.balanced ? 'balanced' : 'UNBALANCED']);
  return table(['source', ...fates.map(right), ''], rows);
}
