/**
 * The tray's icon, drawn here: each state has its own shape as well as its colour, as on the
 * board. Plain pixels, so that no image file and no decoder is needed.
 */
import type { Health } from '#contract/telemetry/tick.ts';

/** Pixels a side. */
export const trayIconSize = 32;

type Shape = (x: number, y: number) => boolean;
const square = (x: number, y: number): number => x * x + y * y;

/** Shapes in a plane from -1 to 1, y downwards. */
const shapes: Readonly<Record<Health, Shape>> = {
  healthy: (x, y) => square(x, y) < 0.72,
  degraded: (x, y) => y < 0.75 && y > -0.85 && Math.abs(x) < (y + 0.85) * 0.58,
  failing: (x, y) => Math.abs(x) < 0.82 && Math.abs(y) < 0.82 && Math.abs(x) + Math.abs(y) < 1.16,
  held: (x, y) => Math.abs(y) < 0.8 && Math.abs(x) > 0.2 && Math.abs(x) < 0.65,
  none: (x, y) => square(x, y) < 0.72 && square(x, y) > 0.36,
};
/** Red, green, blue; the status colours of the console. */
const colours: Readonly<Record<Health, readonly [number, number, number]>> = {
  healthy: [61, 184, 108],
  degraded: [232, 163, 23],
  failing: [229, 72, 77],
  held: [142, 104, 240],
  none: [139, 147, 161],
};

/** Raw pixels, blue-green-red-alpha, premultiplied, as Electron's `createFromBitmap` takes them. */
export function drawTrayIcon(health: Health): Buffer {
  const pixels = Buffer.alloc(trayIconSize * trayIconSize * 4);
  const [red, green, blue] = colours[health];
  for (let row = 0; row < trayIconSize; row += 1) {
    for (let column = 0; column < trayIconSize; column += 1) {
      const cover = coverage(shapes[health], column, row);
      const premultiplied = [blue, green, red, 255].map((value) => Math.round(value * cover));
      pixels.set(premultiplied, (row * trayIconSize + column) * 4);
    }
  }
  return pixels;
}

/** Share of a pixel inside the shape, from 4 by 4 samples: smooth edges. */
function coverage(shape: Shape, column: number, row: number): number {
  const samples = [0.125, 0.375, 0.625, 0.875];
  const place = (pixel: number, part: number): number => ((pixel + part) / trayIconSize) * 2 - 1;
  const inside = samples.flatMap((dy) => samples.filter((dx) => shape(place(column, dx), place(row, dy))));
  return inside.length / 16;
}
