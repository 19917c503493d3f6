import { type AppError, appError } from '#contract/errors.ts';
import type { Topic } from '#contract/operation.ts';
import { topics } from '#contract/operations/topics.ts';
import { withConnection } from '../connection.ts';
import { itemLine } from '../print/item-line.ts';
import { type Cli, type ExitCode, exitCode, fail, misuse } from '../report.ts';

export interface WatchArguments {
  readonly name: string;
  readonly params: string | undefined;
  /** Stop after this many items. */
  readonly count: number | undefined;
  readonly afterSeq: number | undefined;
}

/** `sluice watch`: items of a topic as they come, one a line. A slow reader of our output slows the gateway down, not us. */
export async function runWatch(cli: Cli, { name, params, count = Number.POSITIVE_INFINITY, afterSeq }: WatchArguments): Promise<ExitCode> {
  const topic = new Map(Object.entries(topics)).get(name);
  if (!topic) {
    fail(cli, appError('TOPIC_UNKNOWN', { topic: name, topics: Object.keys(topics) }));
    return exitCode.usage;
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(params ?? '{}');
  } catch {
    return misuse(cli, `The parameters are not valid JSON. Example: sluice watch ${name} '{}'`);
  }
  return withConnection(cli, async ({ peer }) => {
    const ended = Promise.withResolvers<AppError | null>();
    let left = count;
    const subscription = peer.subscribe<Topic>(topic, parsed, {
      afterSeq,
      onItems: async (items, { dropped }) => {
        if (dropped > 0) cli.io.err(`(${dropped} left out: this reader was slower than the gateway)\n`);
        for (const item of items.slice(0, left)) await cli.io.out(`${cli.options.json ? JSON.stringify(item) : itemLine(name, item)}\n`);
        left -= items.length;
        if (left > 0) return;
        subscription.close();
        ended.resolve(null);
      },
      onEnd: (error) => ended.resolve(error),
    });
    const error = await ended.promise;
    return error ? fail(cli, error) : exitCode.ok;
  });
}
