import { NumberInput, Popover } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { OutputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import { documentOf, useDestinationName } from '#renderer/client/documents.ts';
import { command } from '#renderer/client/session.ts';
import type { Query } from '#renderer/client/use-query.ts';
import { reportResult } from '#renderer/frame/acting.tsx';
import { Answer } from '#renderer/frame/answer.tsx';
import { href } from '#renderer/frame/router.ts';
import { Button } from '#renderer/ui/button.tsx';
import { ConfirmDialog } from '#renderer/ui/confirm-dialog.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import { Progress } from '#renderer/ui/progress.tsx';
import { age, perSecond, toText } from '#renderer/ui/quantity.ts';
import { StatusMark } from '#renderer/ui/status-mark.tsx';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import classes from './recovery.module.css';
import { isOver, type ListedReplay, lookOf, outcomeWords, selectionWords, shareOf } from './words.ts';

type Listed = OutputOf<Operations['replay.list']>;
/** Ended ones that show unasked. */
const fewEnded = 3;

/** Replays and how far they are; what runs first. Nothing is drawn while there never was one. */
export function Replays({ query, onChange }: { readonly query: Query<Listed>; readonly onChange: () => void }) {
  const [isWhole, setIsWhole] = useState(false);
  if (query.data !== null && query.data.replays.length === 0) return null;
  if (query.data === null && query.error === null) return null;
  return (
    <Answer query={query} label="replays" meaning="Those that run go on." rows={2}>
      {({ replays }) => {
        const open = replays.filter(({ reading }) => !isOver(reading));
        const ended = replays.filter(({ reading }) => isOver(reading));
        const shown = [...open, ...(isWhole ? ended : ended.slice(0, fewEnded))];
        return (
          <Panel
            title={open.length === 0 ? 'Replays' : `Replays · ${open.length} under way`}
            actions={
              ended.length <= fewEnded ? undefined : (
                <Button size="small" look="quiet" onClick={() => setIsWhole((before) => !before)}>
                  {isWhole ? 'Fewer' : `All ${replays.length}`}
                </Button>
              )
            }
            isFlush
          >
            <ul className={classes.replays}>
              {shown.map((replay) => (
                <ReplayRow key={replay.reading.id} replay={replay} onChange={onChange} />
              ))}
            </ul>
          </Panel>
        );
      }}
    </Answer>
  );
}

function ReplayRow({ replay, onChange }: { readonly replay: ListedReplay; readonly onChange: () => void }) {
  const { reading, by, reason, startedAt } = replay;
  const name = useDestinationName(reading.destination);
  const look = lookOf(reading);
  const selection = documentOf('replay', reading.id)?.value?.selection;
  const { counts, selected, etaMs } = reading;
  return (
    <li className={classes.replay} aria-label={`Replay to ${name}`}>
      <div className={classes.replayHead}>
        <StatusMark state={look.mark} />
        <strong>{look.word}</strong>
        <a href={href(`/flow/dead-letters/${reading.destination}`)}>{name}</a>
        <span className={classes.replayWords}>
          {selection === undefined ? reading.id : selectionWords(selection)}; <TimeAgo at={startedAt} /> by {by}
          {reason === '' ? '' : `: ${reason}`}
        </span>
        <Acts replay={replay} name={name} onChange={onChange} />
      </div>
      {isOver(reading) ? (
        <p className={classes.quiet}>{outcomeWords(counts)}</p>
      ) : (
        <Progress
          label={`Replay to ${name}`}
          share={shareOf(reading)}
          look={reading.state === 'running' && reading.waitsFor === '' ? 'going' : 'still'}
        >
          {(counts.given + counts.skipped).toLocaleString('en-US')} of {selected.toLocaleString('en-US')}: {outcomeWords(counts)}
          {reading.state === 'running' ? (
            <>
              {' · '}
              {reading.waitsFor === ''
                ? `${toText(perSecond(reading.perSecond))} of ${toText(perSecond(reading.pacePerSecond))}${etaMs === null ? '' : `, ${toText(age(etaMs))} left`}`
                : `waits: ${reading.waitsFor}`}
            </>
          ) : reading.waitsFor === '' ? null : (
            ` · a guardrail paused it: ${reading.waitsFor}`
          )}
        </Progress>
      )}
    </li>
  );
}

function Acts({
  replay: { reading },
  name,
  onChange,
}: {
  readonly replay: ListedReplay;
  readonly name: string;
  readonly onChange: () => void;
}) {
  const [isBusy, setIsBusy] = useState(false);
  const [isCancelling, setIsCancelling] = useState(false);
  const { id, state } = reading;
  if (state !== 'running' && state !== 'paused') return null;
  const act = async (what: 'pause' | 'resume' | 'cancel', pacePerSecond?: number) => {
    setIsBusy(true);
    const answer =
      what === 'pause'
        ? await command('replay.pause', { id })
        : what === 'cancel'
          ? await command('replay.cancel', { id })
          : await command('replay.resume', { id, ...(pacePerSecond === undefined ? {} : { pacePerSecond }) });
    setIsBusy(false);
    const done = { pause: 'is paused', resume: pacePerSecond === undefined ? 'goes on' : 'has another pace', cancel: 'is cancelled' }[what];
    reportResult(`replay ${id}`, `The replay to ${name}`, `The replay to ${name} ${done}`, answer);
    onChange();
  };
  return (
    <span className={classes.replayActs}>
      <Pace pace={reading.pacePerSecond} onPace={(pace) => void act('resume', pace)} name={name} />
      {state === 'running' ? (
        <Button size="small" isBusy={isBusy} aria-label={`Pause the replay to ${name}`} onClick={() => void act('pause')}>
          Pause
        </Button>
      ) : (
        <Button size="small" isBusy={isBusy} aria-label={`Resume the replay to ${name}`} onClick={() => void act('resume')}>
          Resume
        </Button>
      )}
      <Button size="small" look="quiet" aria-label={`Cancel the replay to ${name}`} onClick={() => setIsCancelling(true)}>
        Cancel…
      </Button>
      <ConfirmDialog
        isOpen={isCancelling}
        onClose={() => setIsCancelling(false)}
        title={`Cancel the replay to ${name}`}
        action="Give nothing more anew"
        isBusy={isBusy}
        onConfirm={() => {
          setIsCancelling(false);
          void act('cancel');
        }}
      >
        <p>
          Nothing more is given anew. What was given is still tried to its end; what it did not reach stays as it is and can be replayed
          later.
        </p>
      </ConfirmDialog>
    </span>
  );
}

function Pace({ pace, name, onPace }: { readonly pace: number; readonly name: string; readonly onPace: (pace: number) => void }) {
  const [isOpen, setIsOpen] = useState(false);
  const [value, setValue] = useState(pace);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsOpen(false);
    onPace(value);
  };
  return (
    <Popover opened={isOpen} onChange={setIsOpen} position="bottom-end" trapFocus returnFocus>
      <Popover.Target>
        <Button
          size="small"
          look="quiet"
          aria-label={`Pace of the replay to ${name}`}
          onClick={() => {
            setValue(pace);
            setIsOpen((before) => !before);
          }}
        >
          Pace…
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form className={classes.pace} onSubmit={submit}>
          <NumberInput
            label="Events a second"
            value={value}
            min={0.1}
            max={100_000}
            hideControls
            data-autofocus
            onChange={(next) => {
              if (typeof next === 'number') setValue(next);
            }}
          />
          <Button size="small" look="primary" type="submit" disabled={value < 0.1}>
            Set the pace
          </Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
