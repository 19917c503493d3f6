import { useState } from 'react';
import { useQuery } from '#renderer/client/use-query.ts';
import { Button } from '#renderer/ui/button.tsx';
import { CommandLine, CopyButton } from '#renderer/ui/command-line.tsx';
import { Dialog } from '#renderer/ui/dialog.tsx';
import { Skeleton } from '#renderer/ui/placeholders.tsx';
import { counted } from '#renderer/ui/quantity.ts';
import shared from '#renderer/ui/shared.module.css';
import { KeptFields } from './kept-fields.tsx';
import { Refused } from './preview.tsx';
import classes from './restore-points.module.css';
import { fieldsOf, type Point } from './words.ts';

/** The set-up as one text: to copy, or to be written by the command line. */
export function ExportDialog({ point, onClose }: { readonly point: Point | null; readonly onClose: () => void }) {
  const [kept, setKept] = useState<ReadonlySet<string>>(new Set());
  const leaveOut = fieldsOf(kept);
  const { data, error } = useQuery('restorePoint.export', {
    of: point === null ? { type: 'now' } : { type: 'point', id: point.id },
    leaveOut,
  });
  const options = [...(point === null ? [] : [`--of ${point.id}`]), ...leaveOut.map((field) => `--leave-out ${field}`)];
  return (
    <Dialog
      isOpen
      width={720}
      onClose={onClose}
      title={point === null ? 'Export the set-up' : `Export “${point.name}”`}
      footer={<Button onClick={onClose}>Close</Button>}
    >
      <div className={shared.stack}>
        <KeptFields legend="Leave out, where it differs from gateway to gateway" kept={kept} onChange={setKept} />
        {error === null ? null : <Refused error={error} />}
        {data === null ? (
          error === null && <Skeleton rows={6} label="Writing the set-up" />
        ) : (
          <>
            <div className={classes.bar}>
              <span className={shared.muted}>
                {counted(data.documents, 'document')}, no secret.{' '}
                {data.credentials === 0 ? '' : `${counted(data.credentials, 'credential')} must be bound where it is imported.`}
              </span>
              <CopyButton text={data.text} label="Copy the set-up" />
            </div>
            <textarea className={classes.setup} aria-label="The set-up" readOnly value={data.text} spellCheck={false} />
          </>
        )}
        <CommandLine command={['sluice export set-up.yaml', ...options].join(' ')} />
      </div>
    </Dialog>
  );
}
