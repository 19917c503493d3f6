import { useLayoutEffect } from 'react';
import { usePlotArea } from 'recharts';
import type { ChartMark, ChartSpec } from './chart-model.ts';
import classes from './live-chart.module.css';
import { clusterMarks, clusterPx } from './marks.ts';
import type { PlotArea } from './painter.ts';

/** Where the layer puts its elements for the painter. */
export interface LayerRefs {
  area: PlotArea | null;
  readonly lines: (SVGPathElement | null)[];
  readonly areas: (SVGPathElement | null)[];
  readonly dots: (SVGCircleElement | null)[];
  cursor: SVGLineElement | null;
  slider: SVGGElement | null;
}

interface LayerProps {
  readonly series: ChartSpec['series'];
  readonly kind: ChartSpec['kind'];
  readonly marks: readonly ChartMark[];
  readonly ticks: readonly number[];
  readonly baseMs: number;
  readonly spanMs: number;
  readonly refs: LayerRefs;
}

/** Inside the Recharts chart: empty paths at the plot's place. `onReady` paints them at once. */
export function ChartLayer({ onReady, ...props }: LayerProps & { readonly onReady: () => void }) {
  const area = usePlotArea();
  const { series, refs } = props;
  refs.area = area ?? null;
  // After every render of the stage: its new elements are empty.
  useLayoutEffect(onReady);
  if (area === undefined) return null;
  const keepCursor = (element: SVGLineElement | null) => {
    refs.cursor = element;
  };
  return (
    <g>
      {/* A nested svg clips for less than a clipPath does. */}
      {/* biome-ignore lint/a11y/noSvgWithoutTitle: the chart is named by the pad over it */}
      <svg className={classes.inner} x={area.x} y={area.y - 1} width={area.width} height={area.height + 1}>
        <Slider {...props} area={area} />
        <Paths {...props} />
      </svg>
      <line ref={keepCursor} y1={area.y} y2={area.y + area.height} className={classes.cursor} style={{ display: 'none' }} />
      {series.map((each, index) => (
        <circle
          key={each.id}
          ref={keepAt(refs.dots, index)}
          r="3"
          className={classes.dot}
          style={{ display: 'none', color: `var(--${each.colour})` }}
        />
      ))}
    </g>
  );
}

function keepAt<T>(list: (T | null)[], index: number): (element: T | null) => void {
  return (element) => {
    list[index] = element;
  };
}

/** Grid lines and marks, placed for the span that the stage stands for; the painter moves all of them at once. */
function Slider({ ticks, marks, baseMs, spanMs, refs, area }: LayerProps & { readonly area: PlotArea }) {
  const xOf = (at: number) => ((at - baseMs) / spanMs) * area.width;
  const keep = (element: SVGGElement | null) => {
    refs.slider = element;
  };
  return (
    <g ref={keep}>
      {ticks.map((tick) => (
        <line key={tick} x1={xOf(tick)} x2={xOf(tick)} y2={area.height + 1} className={classes.grid} />
      ))}
      {clusterMarks(marks, (clusterPx / Math.max(1, area.width)) * spanMs).map((cluster) => (
        <g
          key={cluster.id}
          className={classes.mark}
          data-faint={cluster.marks.every((mark) => mark.isFaint) || undefined}
          transform={`translate(${xOf(cluster.at)},1)`}
        >
          <line y2={area.height} />
          <path d="M-4 -2h8l-4 5Z" />
          {cluster.marks.length === 1 ? null : (
            <text x="5" y="8">
              {cluster.marks.length}
            </text>
          )}
        </g>
      ))}
    </g>
  );
}

function Paths({ series, kind, refs }: LayerProps) {
  // Stacked layers are drawn from the top down, so that each covers the sums below it.
  const order = kind === 'stack' ? [...series].reverse() : series;
  return (
    <g transform="translate(0,1) scale(0.1)">
      {order.map((each) => {
        const index = series.indexOf(each);
        return (
          <g key={each.id} style={{ color: `var(--${each.colour})` }}>
            {kind === 'lines' ? null : <path ref={keepAt(refs.areas, index)} className={kind === 'stack' ? classes.layer : classes.area} />}
            <path ref={keepAt(refs.lines, index)} className={classes.line} data-faint={each.isFaint || undefined} />
          </g>
        );
      })}
    </g>
  );
}
