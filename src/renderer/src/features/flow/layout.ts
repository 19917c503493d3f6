/** Pure: where the bands between sources and destinations run. Lengths are CSS pixels. */

export interface FlowInput {
  /** Source ids, in the order shown. */
  readonly sources: readonly string[];
  /** Destination ids, in the order shown. */
  readonly destinations: readonly string[];
  /** Events a second from a source to a destination. */
  readonly rate: (source: string, destination: string) => number;
  /** Whether the source is routed to the destination at all: without a rate this is a thin line. */
  readonly isRouted: (source: string, destination: string) => boolean;
}

export interface Node {
  readonly id: string;
  readonly y: number;
  readonly height: number;
}

export interface Band {
  readonly source: string;
  readonly destination: string;
  readonly rate: number;
  /** Centre lines at both ends. */
  readonly fromY: number;
  readonly toY: number;
  readonly width: number;
}

export interface FlowLayout {
  readonly height: number;
  readonly sources: readonly Node[];
  readonly destinations: readonly Node[];
  readonly bands: readonly Band[];
}

export const rowHeight = 44;
export const sourceHeight = 72;
const gap = 12;
/** Widest total of bands into one destination; all widths are in proportion to it. */
const fullWidth = 30;
const thinnest = 1.5;
const idleWidth = 1;

/** Bands keep the order of sources at each destination and of destinations at each source, so that they cross as little as order allows. */
export function layoutFlow({ sources, destinations, rate, isRouted }: FlowInput): FlowLayout {
  const totals = destinations.map((destination) => sources.reduce((sum, source) => sum + rate(source, destination), 0));
  const most = Math.max(0, ...totals);
  const widthOf = (value: number) => (value <= 0 ? idleWidth : Math.max(thinnest, (value / most) * fullWidth));
  const pairs = sources.map((source) =>
    destinations.filter((destination) => rate(source, destination) > 0 || isRouted(source, destination)),
  );
  const widths = sources.map((source, index) => (pairs[index] ?? []).map((destination) => widthOf(rate(source, destination))));
  const sums = widths.map((each) => each.reduce((sum, width) => sum + width, 0));
  const heights = sums.map((sum) => Math.max(sourceHeight, sum + 8));
  const left = heights.reduce((sum, height) => sum + height, 0) + gap * Math.max(0, sources.length - 1);
  const right = destinations.length * rowHeight;
  const height = Math.max(left, right);

  const destinationNodes = destinations.map((id, index) => ({ id, y: (height - right) / 2 + index * rowHeight, height: rowHeight }));
  // Sources spread over the height, so that bands stay as level as they can.
  const slack = (height - left) / (sources.length + 1);
  let y = slack;
  const sourceNodes = sources.map((id, index) => {
    const node = { id, y, height: heights[index] ?? sourceHeight };
    y += node.height + gap + slack;
    return node;
  });

  const arrivals = new Map(destinationNodes.map((node) => [node.id, node.y + node.height / 2 - totalWidth(node.id, pairs, widths) / 2]));
  const bands: Band[] = [];
  sourceNodes.forEach((node, index) => {
    let from = node.y + node.height / 2 - (sums[index] ?? 0) / 2;
    (pairs[index] ?? []).forEach((destination, position) => {
      const width = widths[index]?.[position] ?? idleWidth;
      const to = arrivals.get(destination) ?? 0;
      bands.push({ source: node.id, destination, rate: rate(node.id, destination), fromY: from + width / 2, toY: to + width / 2, width });
      from += width;
      arrivals.set(destination, to + width);
    });
  });
  return { height, sources: sourceNodes, destinations: destinationNodes, bands };
}

function totalWidth(destination: string, pairs: readonly (readonly string[])[], widths: readonly (readonly number[])[]): number {
  return pairs.reduce((sum, each, index) => sum + (widths[index]?.[each.indexOf(destination)] ?? 0), 0);
}

/** A level curve from left to right across `span` pixels. */
export function bandPath({ fromY, toY }: Pick<Band, 'fromY' | 'toY'>, span: number): string {
  const middle = Math.round(span / 2);
  const from = Math.round(fromY * 10) / 10;
  const to = Math.round(toY * 10) / 10;
  return `M0 ${from}C${middle} ${from} ${middle} ${to} ${span} ${to}`;
}
