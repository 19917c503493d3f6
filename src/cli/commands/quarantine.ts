import type { OutputOf } from '#contract/operation.ts';
import { operations } from '#contract/operations/index.ts';
import { callOnce } from '../connection.ts';
import { right, table } from '../print/table.ts';
import { bytes, count, time } from '../print/units.ts';
import { type Cli, type ExitCode, fail, misuse, show } from '../report.ts';

/** Which events are meant; without any of them, all. */
export interface Chosen {
  readonly source?: string | undefined;
  readonly event?: string | undefined;
  /** Numbers of the list. */
  readonly id?: readonly string[] | undefined;
  readonly limit?: number | undefined;
  readonly confirm?: string | undefined;
  readonly reason?: string | undefined;
  readonly dryRun?: boolean | undefined;
}

type Listed = OutputOf<(typeof operations)['quarantine.list']>;

/** `sluice quarantine list`: what is held and why, without its content. */
export async function runQuarantineList(cli: Cli, { source, event, limit }: Chosen): Promise<ExitCode> {
  const outcome = await callOnce(cli, operations['quarantine.list'], { source, event, limit });
  return outcome.ok ? show(cli, outcome.value, () => listText(outcome.value)) : fail(cli, outcome.error);
}

/** `sluice quarantine release`: what fits its plan now goes into the log. */
export async function runQuarantineRelease(cli: Cli, chosen: Chosen): Promise<ExitCode> {
  const ids = idsOf(chosen);
  if (ids === null) return misuse(cli, '--id takes the number of an event, as sluice quarantine list shows it.');
  const { source, event, limit, reason, dryRun } = chosen;
  const outcome = await callOnce(cli, operations['quarantine.release'], { source, event, ids, limit, reason, dryRun });
  if (!outcome.ok) return fail(cli, outcome.error);
  const { released, duplicate, kept, failed } = outcome.value;
  return show(cli, outcome.value, () =>
    [
      `${dryRun ? 'Would release' : 'Released'} ${count(released)}.`,
      ...(duplicate > 0 ? [`${count(duplicate)} were in the log already.`] : []),
      ...(kept > 0 ? [`${count(kept)} still break their plan.`] : []),
      ...(failed > 0 ? [`${count(failed)} could not be looked at: their source is gone, or the log takes nothing now.`] : []),
    ].join('\n'),
  );
}

/** `sluice quarantine discard`: gone for good. */
export async function runQuarantineDiscard(cli: Cli, chosen: Chosen): Promise<ExitCode> {
  const ids = idsOf(chosen);
  if (ids === null) return misuse(cli, '--id takes the number of an event, as sluice quarantine list shows it.');
  const { source, event, confirm, reason, dryRun } = chosen;
  const outcome = await callOnce(cli, operations['quarantine.discard'], { source, event, ids, confirm, reason, dryRun });
  if (!outcome.ok) return fail(cli, outcome.error);
  return show(cli, outcome.value, () => `${dryRun ? 'Would discard' : 'Discarded'} ${count(outcome.value.discarded)}.`);
}

/** Undefined: none was named. Null: one of them is no number. */
function idsOf({ id }: Chosen): number[] | undefined | null {
  if (id === undefined || id.length === 0) return undefined;
  const ids = id.map(Number);
  return ids.every((each) => Number.isSafeInteger(each) && each > 0) ? ids : null;
}

function listText({ totals, groups, events }: Listed): string {
  const { held, released, discarded, expired } = totals;
  const head = `${count(held)} held (${bytes(totals.bytes)}), ${count(released)} released, ${count(discarded)} discarded, ${count(expired)} expired.`;
  if (events.length === 0) return head;
  const grouped = table(
    ['source', 'event', right('events'), 'oldest'],
    groups.map((group) => [group.source ?? '', group.event ?? '', count(group.events), time(group.oldestAt)]),
  );
  const listed = table(
    [right('id'), 'received', 'source', 'event', 'plan', 'violations', 'message id'],
    events.map((event) => [
      event.id,
      time(event.receivedAt),
      event.source,
      event.name,
      `${event.plan}@${event.revision}`,
      event.violations.map(({ path, message }) => `${path} ${message}`.trim()).join('; '),
      event.messageId,
    ]),
  );
  return `${head}\n\n${grouped}\n\n${listed}`;
}
