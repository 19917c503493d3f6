import type { DocumentKind } from '#contract/documents/document.ts';
import { notReverted } from '#contract/documents/revertible.ts';
import { Panel } from '#renderer/ui/panel.tsx';
import { Answer } from './answer.tsx';
import classes from './change-entry.module.css';
import { ChangeList, OlderChanges } from './change-list.tsx';
import { useChanges } from './use-changes.ts';

export interface DocumentVersionsProps {
  readonly kind: DocumentKind;
  readonly id: string;
  /** How a person calls it. */
  readonly name: string;
}

/** The revisions of a document, newest first, each with what it changed, and a press away from being in force again. */
export function DocumentVersions(props: DocumentVersionsProps) {
  const isReverted = notReverted[props.kind] === undefined;
  return (
    <Panel title="Versions" note={isReverted ? 'newest first; going back writes a new one' : 'newest first'} isFlush>
      <VersionList {...props} />
    </Panel>
  );
}

export function VersionList({ kind, id, name }: DocumentVersionsProps) {
  const { query, ...older } = useChanges({ kinds: [kind], id });
  const other = notReverted[kind];
  return (
    <Answer query={query} label="the versions" rows={3}>
      {(changes) => (
        <>
          {other === undefined ? null : <p className={classes.note}>Versions of this kind are not brought back. {other.why}</p>}
          {changes.length === 0 ? <p className={classes.note}>Not saved yet.</p> : null}
          <ChangeList label={`Versions of ${name}`} rows={changes} changes={changes} when="ago" />
          <OlderChanges {...older} />
        </>
      )}
    </Answer>
  );
}
