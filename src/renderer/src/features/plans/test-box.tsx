import { IconWand } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { OutputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import { useLink } from '#renderer/client/session.ts';
import type { Trial } from '#renderer/client/use-trial.ts';
import { Button } from '#renderer/ui/button.tsx';
import { JsonEditor, type LineMark } from '#renderer/ui/json-editor.tsx';
import { nearestLine, writeJson } from '#renderer/ui/json-text.ts';
import { Panel } from '#renderer/ui/panel.tsx';
import shared from '#renderer/ui/shared.module.css';
import type { MarkState } from '#renderer/ui/state.ts';
import { StatusMark } from '#renderer/ui/status-mark.tsx';
import classes from './plans.module.css';
import { plannedPart, schemaFrom } from './samples.ts';
import type { TestEvent } from './use-test-event.ts';

type Tried = OutputOf<Operations['plan.test']>;

const verdicts: Readonly<Record<Tried['verdict'], { readonly mark: MarkState; readonly word: string; readonly means: string }>> = {
  valid: { mark: 'healthy', word: 'Fits the plan', means: 'It would flow on.' },
  unplanned: { mark: 'none', word: 'Not in the plan', means: 'It would flow on, unseen.' },
  report: { mark: 'degraded', word: 'Breaks the plan', means: 'It would be counted, and flow on.' },
  quarantine: { mark: 'held', word: 'Breaks the plan', means: 'It would wait in quarantine.' },
  block: { mark: 'failing', word: 'Breaks the plan', means: 'Its sender would be answered 400.' },
};

interface Props {
  readonly test: TestEvent;
  readonly trial: Trial<Tried>;
  /** The draft cannot be tried as it stands. */
  readonly isPlanWrong: boolean;
  readonly onUseAsSchema: (text: string) => void;
}

/** An event as a sender would post it, and what the draft says of it, while both are typed. Nothing is stored or sent. */
export function TestBox({ test, trial, isPlanWrong, onUseAsSchema }: Props) {
  const { event, read } = test;
  const isCurrent = !trial.isPending && trial.data !== null && event !== null && !isPlanWrong;
  const part = event?.type === 'identify' || event?.type === 'group' ? '/traits' : '/properties';
  const marks =
    isCurrent && read.ok && trial.data !== null
      ? trial.data.violations.flatMap(({ path, message }): LineMark[] => {
          const line = nearestLine(read.lineOf, `${part}${path}`);
          return line === null ? [] : [{ line, look: 'bad', text: path === '' ? message : `${path} ${message}` }];
        })
      : [];
  return (
    <Panel title="Test box" note="live; nothing is stored or sent">
      <div className={shared.stack}>
        <Verdict test={test} trial={trial} isPlanWrong={isPlanWrong} />
        <JsonEditor
          label="An event"
          value={test.text}
          read={read}
          marks={marks}
          onChange={test.setText}
          actions={
            <>
              <Button size="small" look="quiet" icon={<IconWand size={14} stroke={1.6} />} onClick={test.reset}>
                One that fits
              </Button>
              <Button
                size="small"
                look="quiet"
                disabled={event === null}
                title="Replaces the schema by one that this event fits"
                onClick={() => event !== null && onUseAsSchema(writeJson(schemaFrom(plannedPart(event))))}
              >
                Make it the schema
              </Button>
            </>
          }
        />
      </div>
    </Panel>
  );
}

function Verdict({ test, trial, isPlanWrong }: Pick<Props, 'test' | 'trial' | 'isPlanWrong'>) {
  const isLive = useLink((link) => link.phase === 'live');
  if (!isLive) return <Line mark="none" word="No gateway to ask" means="The verdict comes once it answers again." />;
  if (test.event === null)
    return (
      <Line
        mark="none"
        word="No event yet"
        means={test.read.ok ? 'An event is an object: { … }' : 'Its JSON has a mistake, marked below.'}
      />
    );
  if (isPlanWrong) return <Line mark="none" word="The plan cannot be tried yet" means="Put right what is marked in it." />;
  if (trial.error !== null && !trial.isPending)
    return <Line mark="failing" word={trial.error.message} means={String(trial.error.details?.problem ?? trial.error.suggestedAction)} />;
  if (trial.data === null) return <Line mark="none" word="Trying…" means="" />;
  const { mark, word, means } = verdicts[trial.data.verdict];
  return (
    <Line mark={mark} word={word} means={means} isOld={trial.isPending}>
      {trial.data.violations.length === 0 ? null : (
        <ul className={classes.violations}>
          {trial.data.violations.map(({ path, message }) => (
            <li key={`${path} ${message}`}>
              <code>{path === '' ? 'the event' : path}</code> {message}
            </li>
          ))}
        </ul>
      )}
    </Line>
  );
}

function Line({
  mark,
  word,
  means,
  isOld = false,
  children,
}: {
  readonly mark: MarkState;
  readonly word: string;
  readonly means: string;
  readonly isOld?: boolean;
  readonly children?: ReactNode;
}) {
  return (
    <div className={classes.verdict} role="status" aria-busy={isOld || undefined}>
      <p className={classes.verdictLine}>
        <StatusMark state={mark} size={14} />
        <strong>{word}</strong>
        <span className={shared.muted}>{means}</span>
      </p>
      {children}
    </div>
  );
}
