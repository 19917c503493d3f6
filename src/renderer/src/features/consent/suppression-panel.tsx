import { IconUserOff } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import type { OutputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import { useQuery } from '#renderer/client/use-query.ts';
import { Answer } from '#renderer/frame/answer.tsx';
import { Button } from '#renderer/ui/button.tsx';
import { CopyButton, Id } from '#renderer/ui/command-line.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import { EmptyState } from '#renderer/ui/placeholders.tsx';
import { counted } from '#renderer/ui/quantity.ts';
import shared from '#renderer/ui/shared.module.css';
import { type Column, Table } from '#renderer/ui/table.tsx';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import classes from './consent.module.css';
import { LiftDialog } from './lift-dialog.tsx';
import { SuppressDialog } from './suppress-dialog.tsx';
import { kindWords } from './suppression-words.ts';

type Row = OutputOf<Operations['suppression.list']>['people'][number];
const pageSize = 20;

const columns: readonly Column<Row>[] = [
  {
    id: 'person',
    title: 'Person, hashed',
    cell: ({ person }) => (
      <span className={shared.named}>
        <Id value={person} keep={26} />
        <CopyButton text={person} label="Copy the hash" />
      </span>
    ),
  },
  { id: 'kind', title: 'Kind', width: '92px', cell: ({ kind }) => <span title={kindWords[kind].meaning}>{kindWords[kind].word}</span> },
  { id: 'at', title: 'Since', width: '92px', cell: ({ at }) => <TimeAgo at={at} /> },
];

/** People of whom nothing is sent, by their hashes; nobody can be read out of it. */
export function SuppressionPanel({ turn, onChange }: { readonly turn: number; readonly onChange: () => void }) {
  const [after, setAfter] = useState<readonly string[]>(['']);
  const query = useQuery('suppression.list', { after: after.at(-1) ?? '', limit: pageSize }, { refreshMs: 10_000 });
  const { reload } = query;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a change asks again
  useEffect(() => reload(), [turn, reload]);
  const [asking, setAsking] = useState<'suppress' | 'lift' | null>(null);
  const last = query.data?.people.at(-1)?.person;
  const total = query.data?.total ?? 0;
  const suppress = (
    <Button size="small" onClick={() => setAsking('suppress')}>
      Suppress people…
    </Button>
  );
  return (
    <Panel
      title="Suppressed people"
      note={query.data === null ? undefined : counted(total, 'person', 'people')}
      actions={
        total === 0 ? undefined : (
          <>
            <Button size="small" look="quiet" onClick={() => setAsking('lift')}>
              Lift…
            </Button>
            {suppress}
          </>
        )
      }
      isFlush
    >
      <Answer query={query} label="suppressed people" meaning="Suppression is in force, seen or not.">
        {({ people }) =>
          total === 0 ? (
            <EmptyState icon={<IconUserOff size={20} stroke={1.6} />} title="Nobody is suppressed" action={suppress}>
              Events of a suppressed person are stored without their content and sent to nobody.
            </EmptyState>
          ) : (
            <Table label="Suppressed people" columns={columns} rows={people} rowKey={({ person }) => person} isDense isFixed />
          )
        }
      </Answer>
      <div className={classes.pages}>
        {after.length > 1 ? (
          <Button size="small" onClick={() => setAfter((before) => before.slice(0, -1))}>
            Back
          </Button>
        ) : null}
        {query.data?.people.length === pageSize && last !== undefined && total > after.length * pageSize ? (
          <Button size="small" onClick={() => setAfter((before) => [...before, last])}>
            Next {Math.min(pageSize, total - after.length * pageSize)}
          </Button>
        ) : null}
      </div>
      {asking === 'suppress' ? <SuppressDialog people={null} onClose={() => setAsking(null)} onDone={onChange} /> : null}
      {asking === 'lift' ? <LiftDialog person={null} onClose={() => setAsking(null)} onDone={onChange} /> : null}
    </Panel>
  );
}
