import { operations } from '#contract/operations/index.ts';
import { topics } from '#contract/operations/topics.ts';
import { z } from '#contract/zod.ts';
import { table } from '../print/table.ts';
import { type Cli, type ExitCode, misuse, show } from '../report.ts';

/** `sluice operations`: what can be called and watched, from the contract itself; needs no gateway. */
export function runOperations(cli: Cli, name: string | undefined): Promise<ExitCode> | ExitCode {
  if (name !== undefined) return describeOne(cli, name);
  const listed = Object.values(operations);
  const watched = Object.values(topics);
  return show(
    cli,
    {
      operations: listed.map(({ input: _input, output: _output, ...rest }) => rest),
      topics: watched.map(({ params: _params, item: _item, ...rest }) => rest),
    },
    () => {
      const rows = listed.map((each) => [each.name, each.kind, each.permission, each.danger, each.audience, each.title]);
      const topicRows = watched.map((each) => [each.name, each.delivery, each.permission, each.title]);
      const hint = 'The input of one: sluice operations <name>';
      return `${table(['operation', 'kind', 'role', 'danger', 'audience', 'what it does'], rows)}\n\n${table(['topic', 'delivery', 'role', 'what it tells'], topicRows)}\n\n${hint}`;
    },
  );
}

function describeOne(cli: Cli, name: string): Promise<ExitCode> | ExitCode {
  const operation = new Map(Object.entries(operations)).get(name);
  if (operation) {
    const { input, output, ...rest } = operation;
    const described = { ...rest, input: schemaOf(input, 'input'), output: schemaOf(output, 'output') };
    return show(cli, described, () => JSON.stringify(described, null, 2));
  }
  const topic = new Map(Object.entries(topics)).get(name);
  if (!topic) return misuse(cli, `There is no operation or topic “${name}”. List them with: sluice operations`);
  const { params, item, ...rest } = topic;
  const described = { ...rest, params: schemaOf(params, 'input'), item: schemaOf(item, 'output') };
  return show(cli, described, () => JSON.stringify(described, null, 2));
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): unknown {
  return z.toJSONSchema(schema, { io, unrepresentable: 'any' });
}
