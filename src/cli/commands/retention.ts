import type { OutputOf } from '#contract/operation.ts';
import { operations } from '#contract/operations/index.ts';
import { callOnce } from '../connection.ts';
import { parseDuration } from '../parse.ts';
import { right, table } from '../print/table.ts';
import { bytes, count, duration, time } from '../print/units.ts';
import { type Cli, type ExitCode, fail, misuse, show } from '../report.ts';

export interface PurgeArguments {
  readonly olderThan: string;
  readonly destination?: string | undefined;
  readonly confirm?: string | undefined;
  readonly reason?: string | undefined;
  readonly dryRun?: boolean | undefined;
}

type Read = OutputOf<(typeof operations)['retention.read']>;

/** `sluice retention`: how long what is kept. */
export async function runRetention(cli: Cli): Promise<ExitCode> {
  const outcome = await callOnce(cli, operations['retention.read'], {});
  return outcome.ok ? show(cli, outcome.value, () => readText(outcome.value)) : fail(cli, outcome.error);
}

function readText({ classes }: Read): string {
  return table(
    ['what', right('items'), right('size'), 'since', 'kept', 'next purge'],
    classes.map(({ class: what, destination, keptSince, items, bytes: size, limit, nextPurgeAt }) => [
      destination === null ? what : `${what} of ${destination}`,
      items === null ? '' : count(items),
      size === null ? '' : bytes(size),
      keptSince === null ? '' : time(keptSince),
      limitText(limit),
      nextPurgeAt === null ? 'never' : time(nextPurgeAt),
    ]),
  );
}

function limitText({ ageMs, bytes: size, items }: Read['classes'][number]['limit']): string {
  const limits = [
    ...(ageMs === null ? [] : [duration(ageMs)]),
    ...(size === null ? [] : [bytes(size)]),
    ...(items === null ? [] : [`${count(items)} items`]),
  ];
  return limits.length === 0 ? 'for ever' : limits.join(', ');
}

/** `sluice purge`: ends or deletes what is old ahead of its time. */
export async function runPurge(cli: Cli, what: string, { olderThan, ...more }: PurgeArguments): Promise<ExitCode> {
  const wanted = operations['retention.purge'].input.shape.class.safeParse(what);
  if (!wanted.success) return misuse(cli, 'Purge one of log, quarantine, deadLetters, telemetry, erasures.');
  const olderThanMs = parseDuration(olderThan);
  if (olderThanMs === null) return misuse(cli, '--older-than takes a duration such as 12h or 30d.');
  const outcome = await callOnce(cli, operations['retention.purge'], { class: wanted.data, olderThanMs, ...more });
  if (!outcome.ok) return fail(cli, outcome.error);
  const { items, bytes: size } = outcome.value;
  const took = size === null ? '' : ` (${bytes(size)})`;
  return show(cli, outcome.value, () => `${more.dryRun ? 'Would purge' : 'Purged'} ${count(items)}${took}.`);
}
