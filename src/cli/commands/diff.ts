import { operations } from '#contract/operations/index.ts';
import { callOnce } from '../connection.ts';
import { table } from '../print/table.ts';
import { time } from '../print/units.ts';
import { type Cli, type ExitCode, exitCode, fail, show } from '../report.ts';

/** `sluice diff`: what was changed by command since the configuration file declared it. */
export async function runDiff(cli: Cli, failOnDrift: boolean): Promise<ExitCode> {
  const outcome = await callOnce(cli, operations['document.drift'], {});
  if (!outcome.ok) return fail(cli, outcome.error);
  const { drift } = outcome.value;
  await show(cli, outcome.value, () => {
    if (drift.length === 0) return 'No drift: everything is as the configuration file says.';
    const rows = drift.map((each) => [`${each.kind} ${each.id}`, each.path, brief(each.file), brief(each.now), each.by, time(each.at)]);
    return table(['document', 'field', 'in the file', 'now', 'changed by', 'at'], rows);
  });
  return failOnDrift && drift.length > 0 ? exitCode.failed : exitCode.ok;
}

function brief(value: unknown): string {
  const text = JSON.stringify(value) ?? '(absent)';
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
