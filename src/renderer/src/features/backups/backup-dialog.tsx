import type { ReactNode } from 'react';
import type { BackupCheck, BackupSummary } from '#contract/operations/backup.ts';
import { Button } from '#renderer/ui/button.tsx';
import { CommandLine } from '#renderer/ui/command-line.tsx';
import { Dialog } from '#renderer/ui/dialog.tsx';
import { Num } from '#renderer/ui/num.tsx';
import { Facts } from '#renderer/ui/panel.tsx';
import { bytes, counted, duration, exact, toText } from '#renderer/ui/quantity.ts';
import shared from '#renderer/ui/shared.module.css';
import { StatusMark } from '#renderer/ui/status-mark.tsx';
import { absolute } from '#renderer/ui/time.ts';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import classes from './backups.module.css';
import { judge } from './words.ts';

/** All that is known of a backup, and the command that goes back to it. */
export function BackupDialog({
  backup,
  folder,
  onClose,
}: {
  readonly backup: BackupSummary;
  readonly folder: string;
  readonly onClose: () => void;
}) {
  const { mark, word, detail } = judge(backup);
  const { check, drill } = backup;
  return (
    <Dialog isOpen onClose={onClose} width={640} title={`Backup ${backup.id}`} footer={<Button onClick={onClose}>Close</Button>}>
      <div className={shared.stack}>
        <p className={classes.state}>
          <StatusMark state={mark} size={14} /> <strong>{word}</strong> <span className={shared.muted}>{detail}</span>
        </p>
        <Facts
          items={[
            { label: 'Taken', value: backup.at === null ? '–' : absolute(backup.at) },
            { label: 'Holds', value: <Held backup={backup} /> },
            { label: 'Verified', value: check === null ? 'never' : <Checked check={check} /> },
            {
              label: 'Restore rehearsed',
              value:
                drill === null ? (
                  'never'
                ) : (
                  <Checked check={drill}>
                    ready again in <strong>{toText(duration(drill.recoveryMs))}</strong> with {exact(drill.head)[0]?.value} log entries;{' '}
                  </Checked>
                ),
            },
          ]}
        />
        {check === null || check.problems.length === 0 ? null : (
          <ul className={classes.problems}>
            {check.problems.map(({ file, problem }) => (
              <li key={`${file} ${problem}`}>
                <code>{file}</code> {problem}
              </li>
            ))}
          </ul>
        )}
        {backup.state !== 'complete' ? null : (
          <div className={shared.stack}>
            <p className={shared.muted}>
              To go back to it, stop the gateway and run this on its host. What is there now is kept beside it, every destination is parked,
              and the duplicates to expect are told first.
            </p>
            <CommandLine command={`sluice restore ${folder}/${backup.id} --data <folder> --dry-run`} />
          </div>
        )}
      </div>
    </Dialog>
  );
}

function Held({ backup: { bytes: size, head, mode, copiedBytes } }: { readonly backup: BackupSummary }) {
  return (
    <>
      <Num of={bytes(size)} />
      {head === null ? '' : `, the log up to entry ${head.toLocaleString('en-US')}`}
      {mode === 'incremental' && copiedBytes !== null ? `; ${toText(bytes(copiedBytes))} were new` : ''}
    </>
  );
}

function Checked({ check, children }: { readonly check: BackupCheck; readonly children?: ReactNode }) {
  return (
    <>
      {children}
      {counted(check.files, 'file')}, {check.balanced} of {counted(check.ledgers, 'ledger')} balanced, audit{' '}
      {check.auditIntact ? 'intact' : 'broken'}; <TimeAgo at={check.at} />, in {toText(duration(check.durationMs))}
    </>
  );
}
