import { useEffect, useState } from 'react';
import { Num } from '../num.tsx';
import { Table } from '../table.tsx';
import { absolute, clock } from '../time.ts';
import type { ChartSpec } from './chart-model.ts';

/** At most this many rows, newest first, evenly picked. */
const mostRows = 60;

/** The numbers behind a chart. Refreshed every two seconds. */
export function ChartTable({ spec }: { readonly spec: ChartSpec }) {
  const [, setTurn] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setTurn((turn) => turn + 1), 2000);
    return () => clearInterval(timer);
  }, []);
  const frame = spec.feed.read();
  const startMs = spec.feed.endMs() - spec.spanMs;
  const indices = Array.from({ length: frame.to - frame.from }, (_, offset) => frame.to - 1 - offset).filter(
    (index) => (frame.at[index] ?? 0) >= startMs,
  );
  const stride = Math.max(1, Math.ceil(indices.length / mostRows));
  const valueAt = (column: number, index: number) => {
    const value = frame.columns[column]?.[index] ?? Number.NaN;
    return Number.isNaN(value) ? null : value;
  };
  const marks = (spec.marks ?? []).filter(({ at }) => at >= startMs).sort((a, b) => b.at - a.at);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable from the keyboard
    <section aria-label={`${spec.title}, table`} tabIndex={0} style={{ height: '100%', overflow: 'auto' }}>
      {marks.length === 0 ? null : (
        <Table
          label={`Changes during ${spec.title}`}
          isDense
          rows={marks}
          rowKey={(mark) => mark.id}
          columns={[
            {
              id: 'time',
              title: 'Time (UTC)',
              width: '96px',
              cell: (mark) => <time title={absolute(mark.at)}>{clock(mark.at, 'UTC')}</time>,
            },
            { id: 'what', title: 'What changed', cell: (mark) => mark.text },
          ]}
        />
      )}
      <Table
        label={spec.title}
        isDense
        rows={indices.filter((_, position) => position % stride === 0)}
        rowKey={String}
        empty="No data in this span."
        columns={[
          {
            id: 'time',
            title: 'Time (UTC)',
            cell: (index) => <time title={absolute(frame.at[index] ?? 0)}>{clock(frame.at[index] ?? 0, 'UTC')}</time>,
          },
          ...spec.series.map((series) => ({
            id: series.id,
            title: series.label,
            align: 'end' as const,
            cell: (index: number) => <Num of={spec.format(valueAt(series.column, index))} />,
          })),
        ]}
      />
    </section>
  );
}
