import { useId } from 'react';
import type { ChangedDocument } from '#contract/operations/restore.ts';
import { destinationName } from '#renderer/client/documents.ts';
import { DiffView } from '#renderer/ui/diff-view.tsx';
import { counted } from '#renderer/ui/quantity.ts';
import shared from '#renderer/ui/shared.module.css';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import classes from './restore-points.module.css';
import { changeWords, keyOf, kindWords } from './words.ts';

interface Props {
  readonly label: string;
  readonly documents: readonly ChangedDocument[];
  /** Which are ticked, by `keyOf`. Absent: there is nothing to choose. */
  readonly chosen?: ReadonlySet<string>;
  readonly onChoose?: (chosen: ReadonlySet<string>) => void;
}

/** More fields than this are folded until somebody looks. */
const mostFieldsOpen = 40;

/** Documents that differ, with what differs in each, and a tick for those that are to be brought back. */
export function ChangedDocuments({ label, documents, chosen, onChoose }: Props) {
  const isOpen = documents.reduce((sum, { entries }) => sum + entries.length, 0) <= mostFieldsOpen;
  const toggle = (key: string) => {
    const next = new Set(chosen);
    if (!next.delete(key)) next.add(key);
    onChoose?.(next);
  };
  return (
    <ul className={classes.documents} aria-label={label}>
      {documents.map((document) => (
        <Row
          key={keyOf(document)}
          document={document}
          isOpen={isOpen}
          {...(chosen === undefined ? {} : { isChosen: chosen.has(keyOf(document)), onToggle: () => toggle(keyOf(document)) })}
        />
      ))}
    </ul>
  );
}

function Row({
  document,
  isOpen,
  isChosen,
  onToggle,
}: {
  readonly document: ChangedDocument;
  readonly isOpen: boolean;
  readonly isChosen?: boolean;
  readonly onToggle?: () => void;
}) {
  const tick = useId();
  const { kind, id, change, entries, isCut, isRestorable, by, at } = document;
  const name = kind === 'destination' ? destinationName(id) : id;
  const losesEvents = kind === 'destination' && change === 'removed';
  return (
    <li>
      {onToggle === undefined || !isRestorable ? (
        <span />
      ) : (
        <input id={tick} type="checkbox" className={classes.tick} checked={isChosen} onChange={onToggle} />
      )}
      <div className={classes.head}>
        {onToggle === undefined || !isRestorable ? <strong>{name}</strong> : <label htmlFor={tick}>{name}</label>}
        <span className={shared.quiet}>{kindWords(kind)}</span>
        {change === 'changed' ? null : (
          <span className={classes.change} data-grave={losesEvents || undefined}>
            {changeWords(document)}
          </span>
        )}
        {isRestorable ? null : <span className={shared.quiet}>only shown: it is never brought back</span>}
        <span className={shared.quiet}>
          last changed by {by} <TimeAgo at={at} />
        </span>
      </div>
      <details className={classes.fields} open={isOpen && change === 'changed'}>
        <summary>{change === 'changed' ? counted(entries.length, 'field') : 'What is in it'}</summary>
        <DiffView
          entries={entries}
          label={`What differs in ${name}`}
          {...(isCut ? { empty: 'Too long to be shown beside the others: choose fewer documents.' } : {})}
        />
      </details>
    </li>
  );
}
