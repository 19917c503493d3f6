import type { Quantity } from '../quantity.ts';
import type { AxisUnit } from './axes.ts';
import type { ChartFeed } from './frame.ts';

export interface ChartSeries {
  readonly id: string;
  readonly label: string;
  /** CSS variable without the dashes: `series-1`, or a status hue where the series is that state. */
  readonly colour: string;
  /** Index of its samples in `frame.columns`. */
  readonly column: number;
  /** Named only while it has something in sight. */
  readonly isOptional?: boolean;
  /** A quieter, thinner line. */
  readonly isFaint?: boolean;
}

/** A change drawn as a vertical mark: who did what, when. */
export interface ChartMark {
  readonly id: string;
  readonly at: number;
  /** `Ana parked it: double sends`. */
  readonly text: string;
  /** Only a tick at the top: it need not have to do with what the chart shows. */
  readonly isFaint?: boolean;
}

/** A threshold or objective, drawn as a level line. */
export interface ChartLevel {
  readonly value: number;
  readonly label: string;
}

export interface ChartSpec {
  readonly title: string;
  readonly feed: ChartFeed;
  readonly series: readonly ChartSeries[];
  readonly kind: 'lines' | 'area' | 'stack';
  readonly spanMs: number;
  /** Writes a value with its unit. */
  readonly format: (value: number | null) => Quantity;
  /** What the value axis counts: `duration` is ms with round seconds, minutes and hours. */
  readonly unit?: AxisUnit;
  /** The value axis reaches at least this far. */
  readonly floor: number;
  readonly marks?: readonly ChartMark[] | undefined;
  readonly levels?: readonly ChartLevel[] | undefined;
}
