import 'uplot/dist/uPlot.min.css';
import uPlot from 'uplot';
import type { Candidate } from './candidate.ts';
import { chartHeight, charts, chartWidth, colours, cursorShare, points, seriesEach, startMs, stepMs, valueAt } from './samples.ts';

/** uPlot with a synced cursor and its live legend. */
export function createUplot(host: HTMLElement): Candidate {
  const sync = uPlot.sync('bench');
  const data = Array.from({ length: charts }, (_, chart) => [
    Array.from({ length: points }, (_unused, index) => (startMs + index * stepMs) / 1000),
    ...Array.from({ length: seriesEach }, (_unused, series) =>
      Array.from({ length: points }, (_alsoUnused, index) => valueAt(chart, series, index)),
    ),
  ]);
  let step = points;
  const plots = data.map(
    (columns) =>
      new uPlot(
        {
          width: chartWidth,
          height: chartHeight,
          cursor: { sync: { key: sync.key } },
          scales: { y: { range: [0, 120] } },
          series: [{}, ...colours.slice(0, seriesEach).map((stroke, index) => ({ label: `s${index}`, stroke }))],
        },
        columns as uPlot.AlignedData,
        host,
      ),
  );
  return {
    update: () => {
      plots.forEach((plot, chart) => {
        const columns = data[chart] ?? [];
        columns.forEach((column, index) => {
          column.shift();
          column.push(index === 0 ? (startMs + step * stepMs) / 1000 : valueAt(chart, index - 1, step));
        });
        plot.setData(columns as uPlot.AlignedData);
        plot.setCursor({ left: plot.over.clientWidth * cursorShare, top: 20 });
      });
      step++;
    },
    unmount: () => {
      for (const plot of plots) plot.destroy();
    },
  };
}
