import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { CartesianGrid, Line, LineChart, Tooltip, XAxis, YAxis } from 'recharts';
import type { Candidate } from './candidate.ts';
import { chartHeight, charts, chartWidth, colours, cursorShare, points, seriesEach, spanMs, startMs, stepMs, valueAt } from './samples.ts';

type Row = Readonly<Record<string, number>>;

function rowAt(chart: number, step: number): Row {
  return Object.fromEntries([
    ['at', startMs + step * stepMs],
    ...Array.from({ length: seriesEach }, (_, index) => [`s${index}`, valueAt(chart, index, step)] as const),
  ]);
}

/** Stock Recharts, as fast as its manual allows: no dots, no animation, numeric domains, straight lines. */
export function createStock(host: HTMLElement): Candidate {
  const root = createRoot(host);
  let step = points;
  let rows: readonly (readonly Row[])[] = Array.from({ length: charts }, (_, chart) =>
    Array.from({ length: points }, (_unused, index) => rowAt(chart, index)),
  );
  const draw = () => {
    const endMs = startMs + (step - 1) * stepMs;
    flushSync(() => {
      root.render(
        rows.map((data, chart) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the charts never move
          <LineChart key={chart} width={chartWidth} height={chartHeight} data={[...data]}>
            <CartesianGrid vertical={false} />
            <XAxis
              dataKey="at"
              type="number"
              domain={[endMs - spanMs, endMs]}
              tickFormatter={(at: number) => new Date(at).toISOString().slice(11, 16)}
            />
            <YAxis domain={[0, 120]} width={56} />
            <Tooltip defaultIndex={Math.round(points * cursorShare)} isAnimationActive={false} />
            {colours.slice(0, seriesEach).map((colour, index) => (
              <Line key={colour} dataKey={`s${index}`} stroke={colour} dot={false} type="linear" isAnimationActive={false} />
            ))}
          </LineChart>
        )),
      );
    });
  };
  draw();
  return {
    update: () => {
      rows = rows.map((data, chart) => [...data.slice(1), rowAt(chart, step)]);
      step++;
      draw();
    },
    unmount: () => root.unmount(),
  };
}
