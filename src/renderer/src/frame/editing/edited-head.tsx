import { IconArrowLeft } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { DocumentKind } from '#contract/documents/document.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Callout } from '#renderer/ui/callout.tsx';
import { Tag } from '#renderer/ui/tag.tsx';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import { href } from '../router.ts';
import classes from './editing.module.css';
import type { Edited } from './use-edited.ts';

/** What is edited, in which revision, who changed it last, and the way back to the list. */
export function EditedHead<K extends DocumentKind, D>({
  edited,
  name,
  back,
  actions,
  save,
}: {
  readonly edited: Edited<K, D>;
  readonly name: string;
  readonly back: { readonly path: string; readonly label: string };
  /** What can be done while nothing is changed. */
  readonly actions?: ReactNode;
  /** `SaveActs`, shown while something is. */
  readonly save: ReactNode;
}) {
  const { id, document, isChanged } = edited;
  return (
    <div className={classes.head}>
      <a className={classes.back} href={href(back.path)} aria-label={back.label} title={back.label}>
        <IconArrowLeft size={16} stroke={1.6} />
      </a>
      <h2 className={classes.title}>{name === '' ? id : name}</h2>
      <code className={classes.quiet}>{document === undefined ? id : `${id}@${document.revision}`}</code>
      {isChanged ? <Tag look="accent">{document === undefined ? 'new draft' : 'unsaved changes'}</Tag> : null}
      {document === undefined || isChanged ? null : (
        <span className={classes.quiet}>
          changed <TimeAgo at={document.at} /> by {document.by}
        </span>
      )}
      <span className={classes.acts}>{isChanged ? save : actions}</span>
    </div>
  );
}

/** Somebody else saved while a draft was open: a person says whose holds. */
export function Outdated<K extends DocumentKind, D>({ edited }: { readonly edited: Edited<K, D> }) {
  const { document, base, drop, rebase, isOutdated } = edited;
  return !isOutdated ? null : (
    <Callout
      state="degraded"
      title={document === undefined ? 'Somebody removed this meanwhile' : `${document.by} saved version ${document.revision} meanwhile`}
      actions={
        <>
          <Button size="small" onClick={drop}>
            {document === undefined ? 'Discard my draft' : 'Take theirs'}
          </Button>
          <Button size="small" onClick={rebase}>
            Keep mine
          </Button>
        </>
      }
    >
      Your draft was drawn from version {base}. Keep yours, and saving it replaces theirs; both stay among the versions.
    </Callout>
  );
}

/** Drafts of documents that were never saved, above the list of those that were. */
export function NewDrafts({
  drafts,
  onOpen,
}: {
  readonly drafts: readonly { readonly id: string; readonly name: string }[];
  readonly onOpen: (id: string) => void;
}) {
  return drafts.map(({ id, name }) => (
    <p key={id} className={classes.unsaved}>
      <span>
        <strong>{name === '' ? id : name}</strong> is a draft and not in force.
      </span>
      <Button size="small" onClick={() => onOpen(id)}>
        Go on with it
      </Button>
    </p>
  ));
}
