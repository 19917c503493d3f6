import { IconFlag3 } from '@tabler/icons-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import { documentStore } from '#renderer/client/documents.ts';
import { Audience } from '#renderer/frame/audience.tsx';
import { NewDrafts } from '#renderer/frame/editing/edited-head.tsx';
import { flagState, staleWords, typeWords } from '#renderer/frame/flag-words.ts';
import { Loading } from '#renderer/frame/loading.tsx';
import { navigate, setQuery, useRoute } from '#renderer/frame/router.ts';
import { Page } from '#renderer/ui/page.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import { EmptyState } from '#renderer/ui/placeholders.tsx';
import { Segmented } from '#renderer/ui/segmented.tsx';
import shared from '#renderer/ui/shared.module.css';
import { StatusMark } from '#renderer/ui/status-mark.tsx';
import { type Column, Table } from '#renderer/ui/table.tsx';
import { Person, Tag } from '#renderer/ui/tag.tsx';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import { AddFlag } from './actions.tsx';
import { flagDrafts } from './drafts.ts';
import { FlagInspector } from './flag-inspector.tsx';
import classes from './flags.module.css';
import { KillButton } from './kill-button.tsx';
import { type FlagRow, useFlags } from './use-flags.ts';

type Filter = 'all' | 'release' | 'kill' | 'ops' | 'stale';

/** Every flag: how it stands, who gets what, who hangs on it, and which ask to be taken out. */
export function FlagList() {
  const isLoaded = useStore(documentStore, (state) => state.isLoaded);
  const drafts = useStore(flagDrafts.store);
  const { rows, query } = useFlags();
  const inspected = useRoute((route) => route.query.inspect);
  const [filter, setFilter] = useState<Filter>('all');
  if (!isLoaded) return <Loading rows={8} label="the flags" />;
  const unsaved = [...drafts].filter(([id]) => !rows.some((row) => row.id === id)).map(([id]) => ({ id, name: id }));
  const selected = rows.find((row) => row.id === inspected);
  const shown = rows.filter((row) => isShown(row, filter));
  return (
    <div className={classes.split}>
      <Page>
        <NewDrafts drafts={unsaved} onOpen={(id) => navigate(`/controls/flags/${id}`)} />
        {rows.length === 0 ? (
          <EmptyState icon={<IconFlag3 size={20} stroke={1.6} />} title="No flags yet" action={<AddFlag look="primary" />}>
            A flag turns something on for a share of your users, or for a segment of them: in your apps, which ask for it with any
            OpenFeature SDK, and for a destination, which then gets the events of those users only.
          </EmptyState>
        ) : (
          <Panel
            title={`Flags · ${rows.length}`}
            note={
              query.error === null || query.data !== null
                ? 'apps ask for them over OFREP, with the write key of their source'
                : `who asks for them is not known: ${query.error.message}`
            }
            actions={<Filters rows={rows} filter={filter} onFilter={setFilter} />}
            isFlush
          >
            <FlagTable rows={shown} inspected={inspected} />
          </Panel>
        )}
      </Page>
      {selected === undefined ? null : <FlagInspector key={selected.id} row={selected} />}
    </div>
  );
}

function isShown({ value, use }: FlagRow, filter: Filter): boolean {
  if (filter === 'stale') return (use?.stale.length ?? 0) > 0;
  return filter === 'all' || value.type === filter;
}

function Filters({
  rows,
  filter,
  onFilter,
}: {
  readonly rows: readonly FlagRow[];
  readonly filter: Filter;
  readonly onFilter: (filter: Filter) => void;
}) {
  const option = (value: Filter, title: string) => ({ value, label: `${title} ${rows.filter((row) => isShown(row, value)).length}` });
  return (
    <Segmented
      label="Which flags"
      value={filter}
      options={[option('all', 'All'), option('release', 'Release'), option('kill', 'Kill'), option('ops', 'Ops'), option('stale', 'Stale')]}
      onChange={onFilter}
    />
  );
}

const columns: readonly Column<FlagRow>[] = [
  {
    id: 'flag',
    title: 'Flag',
    width: '26%',
    cell: (row) => (
      <span className={classes.two}>
        <span className={classes.named}>
          <code className={classes.key}>{row.id}</code>
          {row.value.demo ? <Tag look="dashed">demo</Tag> : null}
        </span>
        <span className={classes.named}>
          <StaleTag row={row} />
          <span className={classes.quiet} title={row.value.description}>
            {row.value.description === '' ? typeWords[row.value.type].meaning : row.value.description}
          </span>
        </span>
      </span>
    ),
  },
  {
    id: 'type',
    title: 'Type',
    width: '72px',
    cell: ({ value }) => <span title={typeWords[value.type].meaning}>{typeWords[value.type].title}</span>,
  },
  {
    id: 'audience',
    title: 'Who gets what',
    cell: (row) => (
      <span className={classes.audience} data-state={flagState(row.value)}>
        {flagState(row.value) === 'killed' ? <StatusMark state="parked" label="Killed" /> : null}
        <span className={classes.share}>
          <Audience flag={row.value} />
        </span>
      </span>
    ),
  },
  {
    id: 'used',
    title: 'Destinations on it',
    width: '15%',
    cell: ({ destinations }) =>
      destinations.length === 0 ? (
        <span className={classes.quiet}>–</span>
      ) : (
        <span className={shared.cut} title={destinations.map(({ name }) => name).join(', ')}>
          {destinations.map(({ name }) => name).join(', ')}
        </span>
      ),
  },
  {
    id: 'owner',
    title: 'Owner',
    width: '11%',
    cell: ({ value }) => (value.owner === undefined ? <span className={classes.quiet}>–</span> : <Person name={value.owner} />),
  },
  { id: 'at', title: 'Changed', width: '92px', cell: (row) => <TimeAgo at={row.at} /> },
  {
    id: 'act',
    title: <span className="visually-hidden">Switch</span>,
    align: 'end',
    width: '116px',
    cell: (row) => (
      // biome-ignore lint/a11y/noStaticElementInteractions: keeps a press on the button from opening the row
      // biome-ignore lint/a11y/useKeyWithClickEvents: the same
      <span onClick={(event) => event.stopPropagation()}>
        <KillButton row={row} />
      </span>
    ),
  },
];

function FlagTable({ rows, inspected }: { readonly rows: readonly FlagRow[]; readonly inspected: string | undefined }) {
  return (
    <div className={classes.table}>
      <Table
        label="Flags"
        columns={columns}
        rows={rows}
        rowKey={({ id }) => id}
        isCurrent={({ id }) => id === inspected}
        onOpen={({ id }) => setQuery({ inspect: id })}
        empty="None of this kind."
        isFixed
      />
    </div>
  );
}

function StaleTag({ row: { use } }: { readonly row: FlagRow }) {
  const [first, ...more] = use?.stale ?? [];
  if (first === undefined) return null;
  const meaning = [first, ...more].map((reason) => staleWords[reason].meaning).join(' ');
  return <Tag title={meaning}>stale: {staleWords[first].title}</Tag>;
}
