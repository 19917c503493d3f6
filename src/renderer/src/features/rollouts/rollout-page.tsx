import { useCallback, useMemo } from 'react';
import type { Document } from '#contract/documents/document.ts';
import { isActive, type Rollout } from '#contract/documents/rollout.ts';
import { destinationName } from '#renderer/client/documents.ts';
import { useQuery } from '#renderer/client/use-query.ts';
import { href } from '#renderer/frame/router.ts';
import type { ChartMark } from '#renderer/ui/charts/chart-model.ts';
import { createCursor } from '#renderer/ui/charts/cursor.ts';
import { Page } from '#renderer/ui/page.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import { ErrorState } from '#renderer/ui/placeholders.tsx';
import { StatusMark } from '#renderer/ui/status-mark.tsx';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import { useNow } from '#renderer/ui/use-now.ts';
import { Acts } from './acts.tsx';
import { RailChart } from './rail-chart.tsx';
import { Rails } from './rails.tsx';
import classes from './rollouts.module.css';
import { Steps } from './steps.tsx';
import { Story } from './story.tsx';
import { entryWords, nextWords, standingOf } from './words.ts';

/** One rollout: where it is, what it watches, what it will do, and what it did. */
export function RolloutPage({ entry }: { readonly entry: Document<'rollout'> & { readonly value: Rollout } }) {
  const { value: rollout, id } = entry;
  const isLive = isActive(rollout);
  const { data, error } = useQuery('rollout.read', isLive ? {} : null, { refreshMs: 1000 });
  const now = useNow();
  const cursor = useMemo(createCursor, []);
  const nameOf = useCallback((destination: string) => destinationName(destination), []);
  const marks = useMemo(() => marksOf(rollout), [rollout]);
  const reading = (isLive ? data?.rollouts.find((each) => each.id === id) : undefined) ?? null;
  const judged = reading?.judged ?? rollout.evidence.at(-1)?.judged ?? [];
  const { word, mark } = standingOf(rollout);
  return (
    <Page>
      <div className={classes.head}>
        <a href={href('/controls/rollouts')}>All rollouts</a>
        <h2 className={classes.title}>
          {rollout.flag} <span className={classes.quiet}>variant {rollout.variant}</span>
        </h2>
        <Acts entry={entry} />
      </div>
      <Panel
        title={
          <span className={classes.state} role="status">
            <StatusMark state={mark} /> {word}
          </span>
        }
        note={
          <>
            since <TimeAgo at={rollout.since} />
          </>
        }
      >
        <Steps rollout={rollout} />
        <dl className={classes.facts}>
          <div>
            <dt>Why it is so</dt>
            <dd>{rollout.why}</dd>
          </div>
          <div>
            <dt>What it does next</dt>
            <dd>{nextWords(rollout, reading?.next ?? null, now)}</dd>
          </div>
        </dl>
      </Panel>
      <Panel title="Guardrails" note={isLive ? 'asked once a second' : 'as they were when it ended'} isFlush>
        {error === null ? null : (
          <ErrorState error={error} meaning="The rollout goes on, and its guardrails hold, without this window too." />
        )}
        <Rails guardrails={rollout.guardrails} judged={judged} nameOf={nameOf} />
      </Panel>
      <div className={classes.charts}>
        {rollout.guardrails.map((guardrail, index) => (
          <RailChart
            // biome-ignore lint/suspicious/noArrayIndexKey: the guardrails of a rollout never change
            key={index}
            guardrail={guardrail}
            bound={judged[index]?.bound ?? (guardrail.limit.type === 'threshold' ? guardrail.limit.value : null)}
            steps={marks}
            cursor={cursor}
            nameOf={nameOf}
          />
        ))}
      </div>
      <Panel title="What happened" isFlush>
        <Story rollout={rollout} />
      </Panel>
    </Page>
  );
}

function marksOf({ evidence }: Rollout): readonly ChartMark[] {
  return evidence.map((entry, index) => ({ id: `rollout ${index} ${entry.at}`, at: entry.at, text: `${entryWords(entry)}: ${entry.why}` }));
}
