import { IconBookmark } from '@tabler/icons-react';
import { useEffect } from 'react';
import { useDocuments } from '#renderer/client/documents.ts';
import { useQuery } from '#renderer/client/use-query.ts';
import { Answer } from '#renderer/frame/answer.tsx';
import { setQuery, useRoute } from '#renderer/frame/router.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Page } from '#renderer/ui/page.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import { EmptyState } from '#renderer/ui/placeholders.tsx';
import shared from '#renderer/ui/shared.module.css';
import { Compare } from './compare.tsx';
import { ExportDialog } from './export-dialog.tsx';
import { ImportDialog } from './import-dialog.tsx';
import { MakeDialog } from './make-dialog.tsx';
import { PointTable } from './point-table.tsx';
import type { Point } from './words.ts';

const refreshMs = 10_000;

/** States that the set-up can be brought back to, and carrying it to another gateway. */
export function RestorePoints() {
  const query = useQuery('restorePoint.list', {}, { refreshMs });
  const known = useDocuments('restore-point')
    .map(({ id }) => id)
    .join(' ');
  const { reload } = query;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a point that came or went asks again
  useEffect(reload, [known, reload]);
  const shown = useRoute((route) => route.query.point ?? '');
  return (
    <Page>
      <Answer query={query} label="restore points" meaning="Nothing is changed by looking." rows={8}>
        {({ points }) => {
          const point = points.find(({ id }) => id === shown);
          return point === undefined ? (
            <List points={points} onDone={reload} />
          ) : (
            <Compare key={point.id} point={point} points={points} onDone={reload} />
          );
        }}
      </Answer>
    </Page>
  );
}

function List({ points, onDone }: { readonly points: readonly Point[]; readonly onDone: () => void }) {
  return points.length === 0 ? (
    <EmptyState
      icon={<IconBookmark size={20} stroke={1.6} />}
      title="No restore point yet"
      action={
        <Button look="primary" onClick={() => setQuery({ act: 'make' })}>
          Make a restore point…
        </Button>
      }
      command={`sluice call restorePoint.create '{"name":"Before the sale"}'`}
    >
      One is made by itself before every critical change: a removal, a changed configuration file, a guarded rollout, an import.
    </EmptyState>
  ) : (
    <Panel title={`Restore points · ${points.length}`} note="newest first; open one to see what differs" isFlush>
      <PointTable points={points} onOpen={({ id }) => setQuery({ point: id }, { replace: false })} onDone={onDone} />
    </Panel>
  );
}

/** The buttons in the head of the place, and their dialogs. An address with `act` opens one. */
export function RestorePointActions() {
  const act = useRoute((route) => route.query.act ?? '');
  const { data, reload } = useQuery('restorePoint.list', act === 'export' ? {} : null);
  const shown = useRoute((route) => route.query.point ?? '');
  const close = () => setQuery({ act: '' });
  return (
    <span className={shared.ends}>
      <Button onClick={() => setQuery({ act: 'import' })}>Import…</Button>
      <Button onClick={() => setQuery({ act: 'export' })}>Export…</Button>
      <Button look="primary" onClick={() => setQuery({ act: 'make' })}>
        Make a restore point…
      </Button>
      {act === 'make' ? <MakeDialog onClose={close} onDone={reload} /> : null}
      {act === 'import' ? <ImportDialog onClose={close} onDone={reload} /> : null}
      {act === 'export' ? <ExportDialog point={data?.points.find(({ id }) => id === shown) ?? null} onClose={close} /> : null}
    </span>
  );
}
