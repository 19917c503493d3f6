import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import type { OutputOf } from '#contract/operation.ts';
import { operations } from '#contract/operations/index.ts';
import type { Result } from '#contract/result.ts';
import { z } from '#contract/zod.ts';
import { callOnce, withConnection } from '../connection.ts';
import { right, table } from '../print/table.ts';
import { count, time } from '../print/units.ts';
import { type Cli, type ExitCode, exitCode, fail, misuse, show } from '../report.ts';

export interface EraseArguments {
  readonly letBack?: boolean | undefined;
  readonly confirm?: string | undefined;
  readonly reason?: string | undefined;
  readonly dryRun?: boolean | undefined;
}

export interface ExportArguments {
  readonly out: string;
  readonly reason?: string | undefined;
}

type Requested = OutputOf<(typeof operations)['erasure.request']>;
type Listed = OutputOf<(typeof operations)['erasure.list']>;

const personSchema = z.strictObject({ userId: z.string().optional(), anonymousId: z.string().optional() });
const whoHelp =
  'Say on stdin whom: {"userId":"..."} or {"anonymousId":"..."} or both. Ids are no arguments: others on this host see those.';

async function readPerson(cli: Cli): Promise<z.output<typeof personSchema> | null> {
  try {
    return personSchema.parse(JSON.parse(await cli.io.readStdin()));
  } catch {
    return null;
  }
}

/** `sluice erase`: takes a person out of everything, and asks the vendors to do so. */
export async function runErase(cli: Cli, { letBack, confirm, reason, dryRun }: EraseArguments): Promise<ExitCode> {
  const person = await readPerson(cli);
  if (person === null) return misuse(cli, whoHelp);
  const outcome = await callOnce(cli, operations['erasure.request'], { ...person, alsoSuppress: !letBack, confirm, reason, dryRun });
  return outcome.ok ? show(cli, outcome.value, () => requestText(outcome.value)) : fail(cli, outcome.error);
}

function requestText({ id, preview }: Requested): string {
  if (preview === null) return `Begun as ${id}. sluice erasures shows how it goes.`;
  const { events, isComplete, quarantined, lanes, vendors } = preview;
  return [
    `Would erase ${isComplete ? '' : 'at least '}${count(events)} events of the log and ${count(quarantined)} in quarantine.`,
    ...lanes.map(
      ({ destination, retrying, dead, held }) =>
        `${destination}: ${count(retrying)} retrying, ${count(dead)} dead and ${count(held)} held would end as suppressed.`,
    ),
    ...vendors.map(({ destination, isAsked, suggestedAction }) =>
      isAsked ? `${destination}: its vendor is asked.` : `${destination}: its vendor is not asked. ${suggestedAction}`,
    ),
  ].join('\n');
}

/** `sluice erasures`: how far they are, and what is left for people to do. */
export async function runErasures(cli: Cli, { state }: { readonly state?: string | undefined }): Promise<ExitCode> {
  const wanted = operations['erasure.list'].input.shape.state.safeParse(state);
  if (!wanted.success) return misuse(cli, '--state takes running, attention or done.');
  const outcome = await callOnce(cli, operations['erasure.list'], { state: wanted.data });
  return outcome.ok ? show(cli, outcome.value, () => listText(outcome.value)) : fail(cli, outcome.error);
}

function listText({ total, erasures }: Listed): string {
  const rows = erasures.flatMap(({ id, value }) => [
    [id, time(value.requestedAt), value.state, '', `here: ${value.local.state}`, value.local.detail],
    ...value.destinations.map(({ destination, state, detail, suggestedAction }) => [
      '',
      '',
      '',
      destination,
      state,
      [detail, suggestedAction].filter(Boolean).join(' '),
    ]),
  ]);
  return `${count(total)} erasures.\n\n${table([right('id'), 'requested', 'state', 'destination', 'how far', 'what to know'], rows)}`;
}

/** `sluice export-person`: everything held of one person as JSON lines, in a file that only its owner reads. */
export async function runExportPerson(cli: Cli, { out, reason }: ExportArguments): Promise<ExitCode> {
  const person = await readPerson(cli);
  if (person === null) return misuse(cli, whoHelp);
  let file: number;
  try {
    file = openSync(out, 'wx', 0o600);
  } catch (error) {
    return misuse(cli, `${out} cannot be made: ${error instanceof Error && 'code' in error ? error.code : 'unknown'}.`);
  }
  let isWhole = false;
  try {
    const code = await withConnection(
      cli,
      async ({ peer }) => {
        let items = 0;
        for (let after: string | undefined; ; ) {
          const page: Result<OutputOf<(typeof operations)['person.export']>> = await peer.call(
            operations['person.export'],
            { ...person, after, reason },
            { deadlineMs: pageDeadlineMs },
          );
          if (!page.ok) return fail(cli, page.error);
          for (const item of page.value.items) writeSync(file, `${JSON.stringify(item)}\n`);
          items += page.value.items.length;
          if (page.value.next === null) return show(cli, { file: out, items }, () => `${count(items)} lines in ${out}.`);
          after = page.value.next;
        }
      },
      'desk',
    );
    isWhole = code === exitCode.ok;
    return code;
  } finally {
    closeSync(file);
    // Half an answer to a person is a wrong one.
    if (!isWhole) rmSync(out, { force: true });
  }
}

const pageDeadlineMs = 30_000;
