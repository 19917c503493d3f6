import { IconRefresh } from '@tabler/icons-react';
import { useState } from 'react';
import type { AppError } from '#contract/errors.ts';
import type { EvidenceItem, VendorVerdict } from '#contract/operations/verdict.ts';
import { call } from '#renderer/client/session.ts';
import { useQuery } from '#renderer/client/use-query.ts';
import { useVerdict } from '#renderer/streams/verdicts.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import { ErrorState } from '#renderer/ui/placeholders.tsx';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import { VerdictWord, verdictWords } from '#renderer/ui/verdict.tsx';
import classes from './verdict-panel.module.css';

const everyMs = 2000;

const sources: Readonly<Record<EvidenceItem['from'], string>> = {
  traffic: 'Our deliveries',
  lane: 'The lane',
  probe: 'Our probe',
  feed: 'Status page',
  neighbours: 'Other vendors',
  control: 'Control address',
};

/** Us or them: the verdict, since when, and each piece of evidence with what it alone speaks for. */
export function VerdictPanel({ id }: { readonly id: string }) {
  const told = useVerdict(id);
  const { data } = useQuery('verdict.read', { destination: id }, { refreshMs: everyMs });
  const [isAsking, setIsAsking] = useState(false);
  const [error, setError] = useState<AppError | null>(null);
  const verdict = data?.verdicts[0] ?? told;
  const ask = async () => {
    setIsAsking(true);
    const answer = await call('verdict.probe', { destination: id });
    setIsAsking(false);
    setError(answer.ok ? null : answer.error);
  };
  return (
    <Panel
      title="Us or them?"
      actions={
        <Button size="small" icon={<IconRefresh size={14} />} isBusy={isAsking} onClick={() => void ask()}>
          Ask now
        </Button>
      }
    >
      {error === null ? null : <ErrorState error={error} />}
      {verdict === undefined ? (
        <p className={classes.quiet}>No verdict yet: the gateway has just started.</p>
      ) : (
        <Verdict verdict={verdict} />
      )}
    </Panel>
  );
}

function Verdict({ verdict: { verdict, since, line, evidence } }: { readonly verdict: VendorVerdict }) {
  return (
    <>
      <Line verdict={verdict} since={since} line={line} />
      <ul className={classes.evidence} aria-label="Evidence">
        {evidence.map((item) => (
          <li key={item.from}>
            <span className={classes.from}>{sources[item.from]}</span>
            <span>{item.text}</span>
            <span className={classes.quiet}>
              {item.says === null || item.says === 'fine' ? '' : `speaks for ${verdictWords[item.says].word.toLowerCase()}`}
              {item.at === null || item.from === 'traffic' ? null : (
                <>
                  {' '}
                  <TimeAgo at={item.at} />
                </>
              )}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

function Line({ verdict, since, line }: Pick<VendorVerdict, 'verdict' | 'since' | 'line'>) {
  return (
    <p className={classes.line} role="status" aria-label="Verdict" title={verdictWords[verdict].meaning}>
      <VerdictWord verdict={verdict} />
      <span>{line}</span>
      <span className={classes.quiet}>
        for <TimeAgo at={since} style="fine" />
      </span>
    </p>
  );
}

/** The verdict alone, where there is trouble. */
export function VerdictLine({ id }: { readonly id: string }) {
  const verdict = useVerdict(id);
  return verdict === undefined || verdict.verdict === 'fine' ? null : <Line {...verdict} />;
}
