import { useEffect } from 'react';
import type { Document, DocumentKind } from '#contract/documents/document.ts';
import { parseDocument, useDocument } from '#renderer/client/documents.ts';
import { useQuery } from '#renderer/client/use-query.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import { type Column, Table } from '#renderer/ui/table.tsx';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import { Answer } from './answer.tsx';
import classes from './document-versions.module.css';
import { takeBack } from './saving.ts';

/** The revisions of a document, newest first, each a press away from being in force again. */
export function DocumentVersions({
  kind,
  id,
  name,
  describe,
}: {
  readonly kind: DocumentKind;
  readonly id: string;
  readonly name: string;
  /** A revision in a few words. */
  readonly describe: (document: Document) => string;
}) {
  const now = useDocument(kind, id)?.revision ?? 0;
  const query = useQuery('document.history', { kind, id, limit: 20 });
  const { reload } = query;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new revision asks again
  useEffect(() => reload(), [now, reload]);
  const columns: readonly Column<Document>[] = [
    { id: 'revision', title: 'Version', width: '84px', cell: (row) => <code>{`${id}@${row.revision}`}</code> },
    { id: 'at', title: 'When', width: '84px', cell: (row) => <TimeAgo at={row.at} /> },
    {
      id: 'what',
      title: 'What',
      cell: (row) => (
        <span className={classes.what} title={row.reason === '' ? undefined : row.reason}>
          {row.value === null ? 'removed' : describe(row)}
          <span className={classes.quiet}>
            {' '}
            by {row.by}
            {row.reason === '' ? '' : `: ${row.reason}`}
          </span>
        </span>
      ),
    },
    {
      id: 'acts',
      title: <span className="visually-hidden">Acts</span>,
      align: 'end',
      width: '104px',
      cell: (row) =>
        row.revision === now ? (
          <span className={classes.quiet}>in force</span>
        ) : row.value === null ? null : (
          <Button
            size="small"
            look="quiet"
            aria-label={`Put ${id}@${row.revision} in force again`}
            onClick={() => void takeBack({ kind, id, toRevision: row.revision, from: now, name })}
          >
            Go back to it
          </Button>
        ),
    },
  ];
  return (
    <Panel title="Versions" note="newest first; going back writes a new one" isFlush>
      <Answer query={query} label="the versions" rows={3}>
        {({ revisions }) => (
          <Table
            label={`Versions of ${name}`}
            columns={columns}
            rows={revisions.map(parseDocument).filter((row) => row !== null)}
            rowKey={(row) => String(row.revision)}
            isDense
            isFixed
            empty="Not saved yet."
          />
        )}
      </Answer>
    </Panel>
  );
}
