import type { OutputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import type { UnexpectedAnswer } from '#contract/operations/security.ts';
import { useQuery } from '#renderer/client/use-query.ts';
import { Loading } from '#renderer/frame/loading.tsx';
import { Facts, Panel } from '#renderer/ui/panel.tsx';
import { ErrorState } from '#renderer/ui/placeholders.tsx';
import { bytes, counted, toText } from '#renderer/ui/quantity.ts';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import classes from './answers-panel.module.css';

const everyMs = 5000;
const shown = 8;

/** How much went to a vendor and came back, and what it answered that nobody hoped for: status and shape, never content. */
export function AnswersPanel({ id }: { readonly id: string }) {
  const { data, error, isLoading, reload } = useQuery('answers.read', { destination: id, limit: shown }, { refreshMs: everyMs });
  return (
    <Panel title="Answers" note="since the gateway started; masked">
      {data === null && isLoading ? <Loading rows={3} label="the answers" /> : null}
      {data === null && error !== null ? <ErrorState error={error} onRetry={reload} /> : null}
      {data === null ? null : (
        <>
          <Facts items={transferFacts(data.transfer)} />
          {data.answers.length === 0 ? <p className={classes.quiet}>No unexpected answer.</p> : <Answers answers={data.answers} />}
        </>
      )}
    </Panel>
  );
}

type Transfer = OutputOf<Operations['answers.read']>['transfer'];

function transferFacts({ requests, bytesOut, bytesIn, byStatus }: Transfer) {
  const statuses = Object.entries(byStatus).flatMap(([name, count]) =>
    count === 0 ? [] : [`${count.toLocaleString('en-US')} ${statusWord(name)}`],
  );
  return [
    { label: 'Sent', value: `${counted(requests, 'request')}, ${toText(bytes(bytesOut))} out, ${toText(bytes(bytesIn))} in` },
    { label: 'Answered', value: statuses.length === 0 ? 'nothing yet' : statuses.join(', ') },
  ];
}

function statusWord(name: string): string {
  return name === 'none' ? 'without an answer' : name;
}

function Answers({ answers }: { readonly answers: readonly UnexpectedAnswer[] }) {
  return (
    <ul className={classes.answers} aria-label="Unexpected answers">
      {answers.map(({ status, class: name, shape, detail, count, lastAt }) => (
        <li key={`${status} ${name} ${shape}`}>
          <span className={classes.head}>
            <strong>{status}</strong> {name}
            <span className={classes.quiet}>
              {count === 1 ? '' : `${count.toLocaleString('en-US')} times, `}
              <TimeAgo at={lastAt} />
            </span>
          </span>
          <span>{detail}</span>
          <code>{shape}</code>
        </li>
      ))}
    </ul>
  );
}
