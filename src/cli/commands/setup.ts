import { readFileSync, writeFileSync } from 'node:fs';
import { pathText } from '#contract/documents/diff.ts';
import type { AppError } from '#contract/errors.ts';
import type { OutputOf } from '#contract/operation.ts';
import { operations } from '#contract/operations/index.ts';
import type { ChangedDocument, Moment } from '#contract/operations/restore.ts';
import { z } from '#contract/zod.ts';
import { callOnce } from '../connection.ts';
import { previewText } from '../print/proof.ts';
import { type Cli, type ExitCode, exitCode, fail, misuse, show } from '../report.ts';

export interface ExportSetupArguments {
  /** Id of a restore point, or an ISO time; absent: now. */
  readonly of?: string | undefined;
  readonly leaveOut?: readonly string[] | undefined;
}

export interface ImportSetupArguments {
  readonly leaveOut?: readonly string[] | undefined;
  readonly confirm?: string | undefined;
  readonly reason?: string | undefined;
  readonly dryRun?: boolean | undefined;
}

type Imported = OutputOf<(typeof operations)['restorePoint.import']>;

/** Reading and writing a set-up may take longer than a call usually does. */
const deadlineMs = 60_000;

/** `sluice export`: the set-up as one file. */
export async function runExportSetup(cli: Cli, file: string, { of, leaveOut = [] }: ExportSetupArguments): Promise<ExitCode> {
  const outcome = await callOnce(cli, operations['restorePoint.export'], { of: momentOf(of), leaveOut: [...leaveOut] }, { deadlineMs });
  if (!outcome.ok) return fail(cli, outcome.error);
  const { text, documents, credentials } = outcome.value;
  if (file === '-') {
    await cli.io.out(text);
    return exitCode.ok;
  }
  const problem = tryFile(() => writeFileSync(file, text, { flag: 'wx' }));
  if (problem !== null)
    return misuse(cli, problem === 'EEXIST' ? `${file} is there already; name a new file.` : `${file} cannot be written: ${problem}.`);
  return show(cli, { file, documents, credentials }, () =>
    [
      `${documents} documents are in ${file}.`,
      ...(credentials > 0 ? [`${credentials} credentials are named in it and have to be bound where it is imported.`] : []),
    ].join('\n'),
  );
}

function momentOf(text: string | undefined): Moment {
  if (text === undefined) return { type: 'now' };
  const at = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? { type: 'point', id: text } : { type: 'time', at };
}

/** `sluice import`: adds and changes what the file holds, in one step; with --dry-run only says what that would be. */
export async function runImportSetup(cli: Cli, file: string, args: ImportSetupArguments): Promise<ExitCode> {
  let text = '';
  if (file === '-') text = await cli.io.readStdin();
  else {
    const problem = tryFile(() => {
      text = readFileSync(file, 'utf8');
    });
    if (problem !== null) return misuse(cli, `${file} cannot be read: ${problem}.`);
  }
  const { leaveOut = [], confirm, reason, dryRun = false } = args;
  const input = { text, leaveOut: [...leaveOut], confirm, reason, dryRun };
  const outcome = await callOnce(cli, operations['restorePoint.import'], input, { deadlineMs });
  if (!outcome.ok) return failWithLines(cli, file, outcome.error);
  return show(cli, outcome.value, () => importText(outcome.value, dryRun));
}

const mistakesSchema = z.object({ mistakes: z.array(z.object({ line: z.number(), path: z.string(), message: z.string() })) });

/** A mistake in the file is told as `file:line`, where an editor can go. */
function failWithLines(cli: Cli, file: string, error: AppError): ExitCode {
  const found = mistakesSchema.safeParse(error.details);
  if (cli.options.json || !found.success) return fail(cli, error);
  const { details: _told, ...rest } = error;
  const code = fail(cli, rest);
  for (const { line, path, message } of found.data.mistakes) cli.io.err(`${file}:${line}: ${path} ${message}\n`);
  return code;
}

function importText({ comparison, radius, from, exportedAt, undo, written, writtenSeq }: Imported, isDryRun: boolean): string {
  const { documents, credentials } = comparison;
  if (documents.length === 0) return 'Nothing differs: everything in the file is here already.';
  const lines = [
    isDryRun
      ? `Importing what ${from} exported at ${exportedAt} would change:`
      : `Imported what ${from} exported at ${exportedAt}: ${written} documents.`,
    ...documents.flatMap(changeLines),
    ...credentials.map(({ destination }) => `${destination} needs a credential; bind it here.`),
  ];
  if (isDryRun) return [...lines, ...(radius.destinations.length > 0 ? ['', previewText(radius)] : [])].join('\n');
  return [
    ...lines,
    ...(undo === null
      ? []
      : [
          `Take it back with: sluice call restorePoint.apply '{"id":"${undo}","seenSeq":${writtenSeq},"confirm":"${undo}","reason":"why"}'`,
        ]),
  ].join('\n');
}

/** One document: what happens to it, and field by field where it changes. */
export function changeLines({ kind, id, change, entries }: ChangedDocument): readonly string[] {
  if (change !== 'changed') return [`  ${change} ${kind} ${id}`];
  return [
    `  changed ${kind} ${id}`,
    ...entries.map(({ path, before, after }) => `    ${pathText(path)}: ${brief(before)} -> ${brief(after)}`),
  ];
}

function brief(value: unknown): string {
  const text = JSON.stringify(value) ?? '(absent)';
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** null: it went well; else the error's code. */
function tryFile(work: () => void): string | null {
  try {
    work();
    return null;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  }
}
