import { IconDeviceFloppy } from '@tabler/icons-react';
import { useState } from 'react';
import type { OutputOf } from '#contract/operation.ts';
import type { BackupProgress, BackupSummary } from '#contract/operations/backup.ts';
import type { Operations } from '#contract/operations/index.ts';
import { useQuery } from '#renderer/client/use-query.ts';
import { ActProblem } from '#renderer/frame/act-problem.tsx';
import { Answer } from '#renderer/frame/answer.tsx';
import { useCommand } from '#renderer/frame/use-command.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Callout } from '#renderer/ui/callout.tsx';
import { Num } from '#renderer/ui/num.tsx';
import { Panel, Stat, StatRow } from '#renderer/ui/panel.tsx';
import { EmptyState } from '#renderer/ui/placeholders.tsx';
import { Progress } from '#renderer/ui/progress.tsx';
import { age, ago, bytes, counted, duration, toText } from '#renderer/ui/quantity.ts';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import { useNow } from '#renderer/ui/use-now.ts';
import { BackupDialog } from './backup-dialog.tsx';
import { BackupTable } from './backup-table.tsx';
import classes from './backups.module.css';
import { ScheduleDialog } from './schedule-dialog.tsx';
import { newestComplete, phaseText, shareOf, workWords } from './words.ts';

export type Listed = OutputOf<Operations['backup.list']>;

/** Backups of the gateway: whether there is one to go back to, whether it is sound, and how long going back would take. */
export function Backups() {
  const [isWorking, setIsWorking] = useState(false);
  const query = useQuery('backup.list', {}, { refreshMs: isWorking ? 1000 : 3000 });
  const goesOn = query.data?.progress?.endedAt === null;
  if (goesOn !== isWorking) setIsWorking(goesOn);
  return (
    <Answer query={query} label="the backups" meaning="Backups go on by their schedule, seen or not." rows={8}>
      {(listed) => (listed.folder === null ? <NoFolder /> : <Folder listed={listed} onChange={query.reload} />)}
    </Answer>
  );
}

function NoFolder() {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <EmptyState
      icon={<IconDeviceFloppy size={20} stroke={1.6} />}
      title="Nothing is backed up"
      action={
        <Button look="primary" onClick={() => setIsOpen(true)}>
          Set a folder…
        </Button>
      }
    >
      Set a folder, best on another disk. Backups are taken while the gateway runs; the first copies everything, later ones what is new.
      {isOpen ? <ScheduleDialog onClose={() => setIsOpen(false)} /> : null}
    </EmptyState>
  );
}

function Folder({ listed, onChange }: { readonly listed: Listed; readonly onChange: () => void }) {
  const [isScheduling, setIsScheduling] = useState(false);
  const [shown, setShown] = useState<string | null>(null);
  const { state, isBusy, run } = useCommand();
  const goesOn = listed.progress !== null && listed.progress.endedAt === null;
  const start = async (work: 'backup' | 'check' | 'drill', id?: string) => {
    const target = id === undefined ? {} : { id };
    if (work === 'backup') await run('backup.run', {});
    else if (work === 'check') await run('backup.verify', target);
    else await run('backup.drill', target);
    onChange();
  };
  const backup = listed.backups.find(({ id }) => id === shown);
  return (
    <>
      <Warnings listed={listed} />
      <Numbers listed={listed} />
      {listed.progress === null ? null : <Work progress={listed.progress} />}
      <ActProblem state={state} />
      <Panel
        title={`Backups · ${listed.backups.length}`}
        note={listed.folder}
        actions={
          <>
            <Button size="small" look="quiet" onClick={() => setIsScheduling(true)}>
              Folder and schedule…
            </Button>
            <Button
              size="small"
              look="primary"
              disabled={goesOn || listed.folderError !== null}
              isBusy={isBusy}
              onClick={() => void start('backup')}
            >
              Back up now
            </Button>
          </>
        }
        isFlush
      >
        <BackupTable
          backups={listed.backups}
          isBusy={goesOn || isBusy}
          shown={shown}
          onOpen={(row: BackupSummary) => setShown(row.id)}
          onStart={(work, id) => void start(work, id)}
        />
      </Panel>
      {isScheduling ? <ScheduleDialog onClose={() => setIsScheduling(false)} /> : null}
      {backup === undefined ? null : <BackupDialog backup={backup} folder={listed.folder ?? ''} onClose={() => setShown(null)} />}
    </>
  );
}

function Warnings({ listed: { folderError, lastFailure, backups } }: { readonly listed: Listed }) {
  return (
    <>
      {folderError === null ? null : (
        <Callout state="failing" title={`The backup folder cannot be used: ${folderError.message}`}>
          {folderError.suggestedAction} Events are not touched by it.
        </Callout>
      )}
      {lastFailure === null ? null : (
        <Callout
          state="degraded"
          title={
            <>
              The last backup failed <TimeAgo at={lastFailure.at} />: {lastFailure.error.message}
            </>
          }
        >
          {lastFailure.error.suggestedAction}{' '}
          {newestComplete(backups) === null ? 'There is no earlier one to go back to.' : 'Earlier ones are as they were.'}
        </Callout>
      )}
    </>
  );
}

function Numbers({ listed }: { readonly listed: Listed }) {
  const now = useNow();
  const newest = newestComplete(listed.backups);
  const drilled = listed.backups.find(({ drill }) => drill !== null)?.drill ?? null;
  const verified = listed.backups.find(({ check }) => check !== null)?.check ?? null;
  return (
    <StatRow>
      <Stat label="Newest backup" note={newest?.at == null ? 'there is none' : 'later events are not in it'}>
        <Num of={age(newest?.at == null ? null : now - newest.at)} size="large" />
      </Stat>
      <Stat label="Next in" note={listed.nextAt === null ? 'none is planned' : 'by its schedule'}>
        <Num of={age(listed.nextAt === null ? null : Math.max(0, listed.nextAt - now))} size="large" />
      </Stat>
      <Stat label="Last verified" note={verified === null ? 'never' : `${ago(now - verified.at)}, ${verified.ok ? 'sound' : 'not sound'}`}>
        <Num of={duration(verified?.durationMs)} size="large" />
      </Stat>
      <Stat label="Time to recover" note={drilled === null ? 'never rehearsed' : `rehearsed ${ago(now - drilled.at)}`}>
        <Num of={duration(drilled?.recoveryMs)} size="large" />
      </Stat>
      <Stat label="Size" note={newest?.copiedBytes == null ? 'of the newest' : `${toText(bytes(newest.copiedBytes))} of it new`}>
        <Num of={bytes(newest?.bytes)} size="large" />
      </Stat>
      <Stat label="Free in the folder" note="on its volume">
        <Num of={bytes(listed.freeBytes)} size="large" />
      </Stat>
    </StatRow>
  );
}

/** What goes on, or how the last work ended where it failed. */
function Work({ progress }: { readonly progress: BackupProgress }) {
  const now = useNow();
  const title = `${workWords[progress.work]} ${progress.id}`;
  if (progress.endedAt !== null) {
    return progress.error === null || progress.work === 'backup' ? null : (
      <Callout state="failing" title={`${title} failed: ${progress.error.message}`}>
        {progress.error.suggestedAction}
      </Callout>
    );
  }
  return (
    <div className={classes.work}>
      <Progress label={title} share={shareOf(progress)}>
        <strong>{title}</strong>: {phaseText(progress.phase)}
        {progress.totalFiles === 0
          ? ''
          : `, ${progress.doneFiles.toLocaleString('en-US')} of ${counted(progress.totalFiles, 'file')}, ${toText(bytes(progress.doneBytes))} of ${toText(bytes(progress.totalBytes))}`}
        , for {toText(age(now - progress.startedAt))}
      </Progress>
    </div>
  );
}
