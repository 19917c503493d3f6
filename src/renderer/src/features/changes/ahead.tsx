import { IconClock, IconClockUp, IconRotate2 } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useDocuments } from '#renderer/client/documents.ts';
import { command } from '#renderer/client/session.ts';
import { reportResult, scopeName } from '#renderer/frame/acting.tsx';
import { requestOverlay } from '#renderer/frame/overlays.ts';
import { href } from '#renderer/frame/router.ts';
import { failedOf, runWords } from '#renderer/frame/schedule-words.ts';
import { useAuditContext } from '#renderer/frame/use-audit-context.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Callout } from '#renderer/ui/callout.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import { age, toText } from '#renderer/ui/quantity.ts';
import { absolute, clockMinutes, dayOf } from '#renderer/ui/time.ts';
import { useNow } from '#renderer/ui/use-now.ts';
import classes from './changes.module.css';
import { type Ahead, aheadOf } from './words.ts';

/** What went wrong with what was left to a time. */
export function FailedSchedules() {
  const schedules = useDocuments('schedule');
  const names = useAuditContext();
  const now = useNow(60_000);
  return failedOf(schedules, now).map(({ id, value }) => (
    <Callout
      key={id}
      state="failing"
      title={`Did not go as planned: ${runWords(value.run, names)}`}
      actions={
        <Button size="small" onClick={() => requestOverlay({ type: 'schedule', run: value.run })}>
          Schedule it again…
        </Button>
      }
    >
      {value.detail} Scheduled by {value.by}
      {value.reason === '' ? '' : `: ${value.reason}`}.
    </Callout>
  ));
}

/** What will happen by itself, soonest first, and how to keep it from happening. */
export function AheadPanel() {
  const schedules = useDocuments('schedule');
  const switches = useDocuments('switch');
  const names = useAuditContext();
  const ahead = useMemo(() => aheadOf(schedules, switches, { ...names, scopeName }), [schedules, switches, names]);
  return (
    <Panel title="Ahead" note="what will happen by itself, soonest first" isFlush>
      {ahead.length === 0 ? (
        <p className={classes.nothing}>
          Nothing is left to a time. A change can be scheduled, and an override can put back by itself what it covers.
        </p>
      ) : (
        <ol className={classes.ahead} aria-label="What will happen by itself">
          {ahead.map((each) => (
            <AheadRow key={`${each.type} ${each.id}`} ahead={each} />
          ))}
        </ol>
      )}
    </Panel>
  );
}

const icons = { run: IconClockUp, undo: IconRotate2, switch: IconClock } as const;

function AheadRow({ ahead }: { readonly ahead: Ahead }) {
  const now = useNow();
  const Icon = icons[ahead.type];
  const { by, reason } = ahead.type === 'switch' ? ahead : ahead.schedule;
  return (
    <li className={classes.row}>
      <Icon size={15} stroke={1.6} className={classes.icon} aria-hidden="true" />
      <span className={classes.when} title={absolute(ahead.at)}>
        {ahead.at <= now ? 'now' : `in ${toText(age(ahead.at - now))}`}
        <span className={classes.quiet}>
          {' '}
          {dayOf(ahead.at)}, {clockMinutes(ahead.at)}
        </span>
      </span>
      <span className={classes.what} title={ahead.what}>
        {ahead.type === 'undo' ? 'Puts back: ' : ''}
        {ahead.what}
        {ahead.type === 'run' && ahead.schedule.undoAt !== null ? (
          <span className={classes.quiet}> · put back {absolute(ahead.schedule.undoAt)}</span>
        ) : null}
      </span>
      <span className={classes.why} title={reason}>
        {by}
        {reason === '' ? '' : `: ${reason}`}
      </span>
      <span className={classes.acts}>
        {ahead.type === 'switch' ? <a href={href('/controls', { inspect: ahead.id })}>See the switch</a> : <Acts ahead={ahead} />}
      </span>
    </li>
  );
}

function Acts({ ahead }: { readonly ahead: Extract<Ahead, { readonly type: 'run' | 'undo' }> }) {
  const [isBusy, setBusy] = useState(false);
  const { id, schedule, what } = ahead;
  const toastId = `schedule ${id}`;
  const cancel = async () => {
    setBusy(true);
    const done = ahead.type === 'run' ? `Called off: ${what}` : `It stays as it is: ${what}`;
    reportResult(toastId, `Calling off ${what}`, done, await command('schedule.cancel', { id }));
    setBusy(false);
  };
  const now = async (part: 'at' | 'undoAt') => {
    setBusy(true);
    const { run, at, undoAt, reason } = schedule;
    const input = part === 'at' ? { id, run, undoAt, reason } : { id, run, at, undoAt: Date.now(), reason };
    reportResult(
      toastId,
      what,
      part === 'at' ? `It runs now: ${what}` : `It is put back now: ${what}`,
      await command('schedule.put', input),
    );
    setBusy(false);
  };
  const isRun = ahead.type === 'run';
  return (
    <>
      <Button
        size="small"
        look="quiet"
        isBusy={isBusy}
        aria-label={isRun ? `Call off: ${what}` : `Keep it: ${what}`}
        onClick={() => void cancel()}
      >
        {isRun ? 'Call off' : 'Keep it'}
      </Button>
      <Button
        size="small"
        look="quiet"
        isBusy={isBusy}
        aria-label={isRun ? `Run now: ${what}` : `Put back now: ${what}`}
        onClick={() => void now(isRun ? 'at' : 'undoAt')}
      >
        {isRun ? 'Run now' : 'Put back now'}
      </Button>
    </>
  );
}
