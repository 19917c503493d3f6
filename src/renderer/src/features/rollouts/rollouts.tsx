import { IconStairsUp } from '@tabler/icons-react';
import { useStore } from 'zustand';
import type { Document } from '#contract/documents/document.ts';
import { isActive, type Rollout } from '#contract/documents/rollout.ts';
import { documentStore, useDocuments } from '#renderer/client/documents.ts';
import { useLink } from '#renderer/client/session.ts';
import { Loading } from '#renderer/frame/loading.tsx';
import { navigate, setQuery, useRoute } from '#renderer/frame/router.ts';
import { timeRanges } from '#renderer/frame/time-range.ts';
import { gatewayNow } from '#renderer/streams/telemetry.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Page } from '#renderer/ui/page.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import { EmptyState } from '#renderer/ui/placeholders.tsx';
import { StatusMark } from '#renderer/ui/status-mark.tsx';
import { type Column, Table } from '#renderer/ui/table.tsx';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import { RolloutPage } from './rollout-page.tsx';
import classes from './rollouts.module.css';
import { StartDialog } from './start-dialog.tsx';
import { percentText, standingOf } from './words.ts';

type Entry = Document<'rollout'> & { readonly value: Rollout };

/** Guarded rollouts, or the page of one. `?start=<flag>` opens the dialog that starts one. */
export function Rollouts() {
  const id = useRoute((route) => route.segments[2] ?? '');
  const start = useRoute((route) => route.query.start);
  const isLoaded = useStore(documentStore, (state) => state.isLoaded);
  const phase = useLink((link) => link.phase);
  const entries = useDocuments('rollout').filter((document): document is Entry => document.value !== null);
  const entry = entries.find((each) => each.id === id);
  if (!isLoaded) {
    const isGone = phase === 'offline' || phase === 'refused';
    return (
      <Page>
        {isGone ? (
          <EmptyState title="No gateway to ask">This shows rollouts once the gateway answers again.</EmptyState>
        ) : (
          <Loading rows={6} label="rollouts" />
        )}
      </Page>
    );
  }
  return (
    <>
      {id === '' ? <List entries={entries} /> : entry === undefined ? <Unknown id={id} /> : <RolloutPage key={id} entry={entry} />}
      {start === undefined || start === '' ? null : (
        <StartDialog flag={start === 'any' ? null : start} onClose={() => setQuery({ start: '' })} />
      )}
    </>
  );
}

/** The button in the head of the place. */
export function RolloutActions() {
  return (
    <Button look="primary" icon={<IconStairsUp size={14} />} onClick={() => setQuery({ start: 'any' })}>
      Start a rollout…
    </Button>
  );
}

function Unknown({ id }: { readonly id: string }) {
  return (
    <Page>
      <EmptyState title="There is no such rollout" action={<Button onClick={() => navigate('/controls/rollouts')}>All rollouts</Button>}>
        {id}
      </EmptyState>
    </Page>
  );
}

/** Over the span in which all of it lies. */
function open({ id, value: { startedAt } }: Entry): void {
  const range = timeRanges.find(({ spanMs }) => spanMs >= gatewayNow() - startedAt) ?? timeRanges.at(-1);
  navigate(`/controls/rollouts/${id}`, range === undefined ? {} : { query: { range: range.id } });
}

const columns: readonly Column<Entry>[] = [
  {
    id: 'state',
    title: 'State',
    width: '148px',
    cell: ({ value }) => {
      const { word, mark } = standingOf(value);
      return (
        <span className={classes.state}>
          <StatusMark state={mark} /> {word}
        </span>
      );
    },
  },
  { id: 'flag', title: 'Flag', width: '168px', cell: ({ value }) => <strong>{value.flag}</strong> },
  {
    id: 'step',
    title: 'Step',
    width: '124px',
    cell: ({ value: { steps, step } }) => `${percentText(steps[step]?.percent ?? null)} (${step + 1} of ${steps.length})`,
  },
  { id: 'why', title: 'Why', cell: ({ value }) => <span className={classes.words}>{value.why}</span> },
  { id: 'since', title: 'Since', width: '84px', cell: ({ value }) => <TimeAgo at={value.since} /> },
];

function List({ entries }: { readonly entries: readonly Entry[] }) {
  if (entries.length === 0) {
    return (
      <Page>
        <EmptyState
          icon={<IconStairsUp size={20} stroke={1.6} />}
          title="No rollout yet"
          action={<RolloutActions />}
          command={'sluice call rollout.start \'{"flag":"…","variant":"on","steps":[…],"guardrails":[…]}\''}
        >
          A rollout gives a flag to more people step by step, and takes it back by itself where a guardrail is breached.
        </EmptyState>
      </Page>
    );
  }
  const sorted = entries.toSorted((a, b) => Number(isActive(b.value)) - Number(isActive(a.value)) || b.value.since - a.value.since);
  return (
    <Page>
      <Panel title="Rollouts" note="they go on without this window too" isFlush>
        <Table label="Rollouts" columns={columns} rows={sorted} rowKey={({ id }) => id} onOpen={open} isFixed />
      </Panel>
    </Page>
  );
}
