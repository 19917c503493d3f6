import '#renderer/ui/tokens.css';
import '#renderer/ui/base.css';
import { MantineProvider } from '@mantine/core';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { createSeriesBuffer } from '#renderer/streams/series-buffer.ts';
import { createCursor } from '#renderer/ui/charts/cursor.ts';
import type { ChartFeed } from '#renderer/ui/charts/frame.ts';
import { LiveChart } from '#renderer/ui/charts/live-chart.tsx';
import { approximate } from '#renderer/ui/quantity.ts';
import type { Candidate } from './candidate.ts';
import { chartHeight, charts, chartWidth, cursorShare, points, seriesEach, spanMs, startMs, stepMs, valueAt } from './samples.ts';

const names = Array.from({ length: seriesEach }, (_, index) => `s${index}`);
const series = names.map((id, index) => ({ id, label: id, colour: `series-${[1, 3, 5][index] ?? 1}`, column: index }));

/** Our live chart: Recharts for what stands still, paths set from ring buffers. */
export function createOurs(host: HTMLElement): Candidate {
  const root = createRoot(host);
  const cursor = createCursor();
  const buffers = Array.from({ length: charts }, () => createSeriesBuffer(names, points + 2));
  const paints = new Set<() => void>();
  let step = 0;
  const push = () => {
    buffers.forEach((buffer, chart) => {
      buffer.push(
        startMs + step * stepMs,
        names.map((_, index) => valueAt(chart, index, step)),
      );
    });
    step++;
  };
  const endMs = () => startMs + (step - 1) * stepMs;
  const feeds = buffers.map(
    (buffer): ChartFeed => ({
      read: () => ({ ...buffer.frame, stepMs }),
      endMs,
      subscribe: (paint) => {
        paints.add(paint);
        return () => paints.delete(paint);
      },
    }),
  );
  while (step < points) push();
  flushSync(() => {
    root.render(
      <MantineProvider>
        {feeds.map((feed, chart) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the charts never move
          <div key={chart} style={{ width: chartWidth }}>
            <LiveChart
              title={`chart ${chart}`}
              feed={feed}
              series={series}
              kind="lines"
              spanMs={spanMs}
              format={approximate}
              floor={1}
              height={chartHeight}
              cursor={cursor}
            />
          </div>
        ))}
      </MantineProvider>,
    );
  });
  return {
    update: () => {
      push();
      cursor.set(endMs() - spanMs * (1 - cursorShare));
      for (const paint of paints) paint();
    },
    unmount: () => root.unmount(),
  };
}
