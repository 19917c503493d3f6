import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bandPath, type FlowInput, layoutFlow, rowHeight } from './layout.ts';

const input = (rates: readonly (readonly number[])[]): FlowInput => ({
  sources: rates.map((_, index) => `s${index}`),
  destinations: (rates[0] ?? []).map((_, index) => `d${index}`),
  rate: (source, destination) => rates[Number(source.slice(1))]?.[Number(destination.slice(1))] ?? 0,
  isRouted: () => true,
});
const matrices = fc.integer({ min: 1, max: 6 }).chain((columns) =>
  fc.array(fc.array(fc.double({ min: 0, max: 5000, noNaN: true }), { minLength: columns, maxLength: columns }), {
    minLength: 1,
    maxLength: 5,
  }),
);

describe('layout of the flow', () => {
  test('a wider band means more events', () => {
    const { bands } = layoutFlow(input([[100, 10, 0]]));
    expect(bands.map((band) => band.width)).toEqual([30, 3, 1]);
  });

  test('a pair that is not routed and carries nothing has no band', () => {
    expect(layoutFlow({ ...input([[5, 0]]), isRouted: () => false }).bands).toHaveLength(1);
  });

  test('nothing leaves the drawing, and destinations never overlap', () => {
    fc.assert(
      fc.property(matrices, (rates) => {
        const layout = layoutFlow(input(rates));
        for (const node of [...layout.sources, ...layout.destinations]) {
          expect(node.y).toBeGreaterThanOrEqual(-0.001);
          expect(node.y + node.height).toBeLessThanOrEqual(layout.height + 0.001);
        }
        const top = layout.destinations[0]?.y ?? 0;
        for (const [index, node] of layout.destinations.entries()) expect(node.y - top).toBeCloseTo(index * rowHeight);
      }),
    );
  });

  test('bands of one source lie beside each other, never on each other', () => {
    fc.assert(
      fc.property(matrices, (rates) => {
        const { bands, sources } = layoutFlow(input(rates));
        for (const { id } of sources) {
          const own = bands.filter((band) => band.source === id);
          own.slice(1).forEach((band, index) => {
            const before = own[index];
            if (before) expect(band.fromY - band.width / 2).toBeCloseTo(before.fromY + before.width / 2, 6);
          });
        }
      }),
    );
  });

  test('a path starts and ends level', () => {
    expect(bandPath({ fromY: 10, toY: 30.04 }, 200)).toBe('M0 10C100 10 100 30 200 30');
  });
});
