import { IconChevronRight } from '@tabler/icons-react';
import { useId, useState } from 'react';
import { type NotReverted, notReverted } from '#contract/documents/revertible.ts';
import type { DocumentChange } from '#contract/operations/changes.ts';
import { useDocument } from '#renderer/client/documents.ts';
import { Button } from '#renderer/ui/button.tsx';
import { DiffView } from '#renderer/ui/diff-view.tsx';
import { counted } from '#renderer/ui/quantity.ts';
import { absolute, clockMinutes } from '#renderer/ui/time.ts';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import classes from './change-entry.module.css';
import { changeWords, documentName } from './change-words.ts';
import { requestOverlay } from './overlays.ts';
import { isRemovable, RemoveDialog } from './remove-document.tsx';
import { takeBack } from './saving.ts';
import { useAuditContext } from './use-audit-context.ts';

export interface ChangeEntryProps {
  readonly change: DocumentChange;
  /** The newest revision of the document, as far as it is known here. */
  readonly newest: number;
  /** time: the hour, below a day. ago: how long ago. */
  readonly when: 'time' | 'ago';
  readonly isOpen?: boolean;
}

/** One change: who did what, why; on demand what it changed; and the way back. */
export function ChangeEntry({ change, newest, when, isOpen = false }: ChangeEntryProps) {
  const [isUnfolded, setUnfolded] = useState(isOpen);
  const details = useId();
  const context = useAuditContext();
  const { kind, id, revision, at, by, reason, diff, isNew, isRemoved } = change;
  const words = changeWords(change, context);
  const size = isNew ? 'new' : isRemoved ? 'removed' : counted(diff.length, 'difference');
  const known = useDocument(kind, id)?.revision ?? 0;
  return (
    <li className={classes.entry}>
      <div className={classes.head}>
        <button
          type="button"
          className={classes.fold}
          aria-expanded={isUnfolded}
          aria-controls={details}
          onClick={() => setUnfolded(!isUnfolded)}
        >
          <IconChevronRight size={14} className={classes.chevron} aria-hidden="true" />
          <span className={classes.when}>
            {when === 'ago' ? <TimeAgo at={at} style="rough" /> : <time title={absolute(at)}>{clockMinutes(at)}</time>}
          </span>
          <span className={classes.what}>
            {when === 'ago' ? <code>{`${id}@${revision} `}</code> : null}
            <strong>{by}</strong> {when === 'ago' ? '' : words}
            <span className={classes.quiet}> · {size}</span>
          </span>
        </button>
        <span className={classes.why} title={reason}>
          {reason}
        </span>
        <WayBack change={change} newest={Math.max(newest, known)} name={documentName(kind, id, context)} />
      </div>
      <div id={details} hidden={!isUnfolded} className={classes.details}>
        {isUnfolded ? <DiffView entries={diff} label={`What ${by} changed`} empty="It was written again as it was." /> : null}
        <p className={classes.quiet}>
          {kind}/{id}, revision {revision}, {absolute(at)}
          {notReverted[kind] === undefined ? '' : `. ${notReverted[kind].why}`}
          {when === 'ago' ? null : (
            <Button size="small" look="quiet" onClick={() => requestOverlay({ type: 'history', kind, id })}>
              Every revision…
            </Button>
          )}
        </p>
      </div>
    </li>
  );
}

interface Back {
  readonly label: string;
  readonly toRevision: number;
}

/** Where one press leads: what was before the newest change, or what an older one set. */
function backOf({ revision, isNew, isRemoved }: DocumentChange, newest: number): Back | 'remove' | null {
  if (revision < newest) return isRemoved ? null : { label: 'Go back to it', toRevision: revision };
  if (isNew) return 'remove';
  return { label: isRemoved ? 'Bring it back' : 'Take it back', toRevision: revision - 1 };
}

function WayBack({ change, newest, name }: { readonly change: DocumentChange; readonly newest: number; readonly name: string }) {
  const [isBusy, setBusy] = useState(false);
  const [isRemoving, setRemoving] = useState(false);
  const { kind, id, revision } = change;
  const other: NotReverted | undefined = notReverted[kind];
  const back = backOf(change, newest);
  if (other !== undefined || back === null) return <span className={classes.back} />;
  if (back === 'remove') {
    if (!isRemovable(kind)) return <span className={classes.back} />;
    return (
      <span className={classes.back}>
        <Button size="small" look="quiet" aria-label={`Remove again…: the ${name}`} onClick={() => setRemoving(true)}>
          Remove again…
        </Button>
        {isRemoving ? (
          <RemoveDialog kind={kind} id={id} name={name} means="It was not there before this change." onClose={() => setRemoving(false)} />
        ) : null}
      </span>
    );
  }
  const go = async () => {
    setBusy(true);
    await takeBack({ kind, id, toRevision: back.toRevision, from: newest, name });
    setBusy(false);
  };
  const what = revision === newest ? `revision ${revision} of the ${name}` : `the ${name} of revision ${revision}`;
  return (
    <span className={classes.back}>
      <Button size="small" look="quiet" isBusy={isBusy} aria-label={`${back.label}: ${what}`} onClick={() => void go()}>
        {back.label}
      </Button>
    </span>
  );
}
