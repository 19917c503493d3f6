import type { OutputOf } from '#contract/operation.ts';
import { operations } from '#contract/operations/index.ts';
import { callOnce } from '../connection.ts';
import { printable, right, table } from '../print/table.ts';
import { bytes, duration, time } from '../print/units.ts';
import { type Cli, type ExitCode, fail, show } from '../report.ts';

type Found = OutputOf<(typeof operations)['event.where']>['events'][number];

/** `sluice where`: one message id, its whole life at every destination. */
export async function runWhere(cli: Cli, messageId: string, source: string | undefined): Promise<ExitCode> {
  const outcome = await callOnce(cli, operations['event.where'], { messageId, source });
  if (!outcome.ok) return fail(cli, outcome.error);
  const now = cli.io.now();
  return show(cli, outcome.value, () =>
    [
      ...outcome.value.events.map((event) => {
        const rows = event.destinations.map((place) => [
          place.destination,
          place.outcome ?? place.state,
          place.attempt ?? '',
          place.nextAttemptAt === null ? '' : `in ${duration(Math.max(0, place.nextAttemptAt - now))}`,
          place.detail,
          (place.replays ?? []).map(({ replay }) => replay).join(' '),
          place.dedupeKey ?? '',
        ]);
        const head = `${event.messageId}: ${event.type}${event.name ? ` “${event.name}”` : ''} from ${event.source}, received ${time(event.receivedAt)}, ${bytes(event.bytes)}, seq ${event.seq}`;
        const lines = [head, ...provenanceOf(event)].map(printable).join('\n');
        return `${lines}\n${table(['destination', 'state', right('attempt'), 'next', 'detail', 'replays', 'dedupe key'], rows)}`;
      }),
      ...(outcome.value.quarantined ?? []).map(({ source, plan, revision, receivedAt, id }) =>
        printable(
          `${messageId}: in quarantine as ${id}, from ${source}, received ${time(receivedAt)}; it breaks the plan ${plan}@${revision}`,
        ),
      ),
    ].join('\n\n'),
  );
}

/** What was done to it on its way in, one thing a line. */
function provenanceOf({ provenance }: Found): readonly string[] {
  if (provenance === undefined) return [];
  const { schema, violations, rules, trace, suppressed, releasedAt, parentId, editReason } = provenance;
  return [
    ...(schema === undefined ? [] : [`  checked by ${schema}${violations === undefined ? '' : `, ${violations} violations`}`]),
    ...(rules === undefined ? [] : [`  redacted by ${rules.join(', ')}`]),
    ...(trace === undefined ? [] : [`  trace ${trace}`]),
    ...(suppressed === undefined ? [] : [`  stored without its content: ${suppressed}`]),
    ...(releasedAt === undefined ? [] : [`  released from quarantine ${time(releasedAt)}`]),
    ...(parentId === undefined ? [] : [`  edited copy of ${parentId}: ${editReason ?? ''}`]),
  ];
}
