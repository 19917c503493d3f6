import { appError } from '#contract/errors.ts';
import type { Operation } from '#contract/operation.ts';
import { operations } from '#contract/operations/index.ts';
import { callOnce } from '../connection.ts';
import { type Cli, type ExitCode, exitCode, fail, misuse, show } from '../report.ts';

export interface CallArguments {
  readonly name: string;
  /** JSON; `-` reads it from stdin. */
  readonly input: string | undefined;
  readonly deadlineMs: number;
  readonly commandId: string | undefined;
}

/** `sluice call`: any operation of the gateway, by name. */
export async function runCall(cli: Cli, { name, input, deadlineMs, commandId }: CallArguments): Promise<ExitCode> {
  const operation = new Map(Object.entries(operations)).get(name);
  if (!operation) {
    fail(cli, appError('OPERATION_UNKNOWN', { operation: name, ...suggestion(name) }));
    return exitCode.usage;
  }
  const text = input === '-' ? await cli.io.readStdin() : (input ?? '{}');
  const parsed = parseJson(text);
  if (parsed === undefined) return misuse(cli, `The input is not valid JSON. Example: sluice call ${name} '{}'`);
  // Checked by the gateway, whose answer names each wrong field.
  const outcome = await callOnce<Operation>(cli, operation, parsed, { deadlineMs, commandId });
  if (!outcome.ok) return fail(cli, outcome.error);
  return show(cli, outcome.value, () => JSON.stringify(outcome.value, null, 2));
}

function suggestion(name: string): { readonly known?: readonly string[] } {
  const noun = `${name.split('.', 1)[0]}.`;
  const known = Object.keys(operations).filter((each) => each.startsWith(noun));
  return known.length > 0 ? { known } : {};
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
