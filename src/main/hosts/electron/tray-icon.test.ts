import { describe, expect, it } from 'vitest';
import { healths } from '#contract/telemetry/tick.ts';
import { drawTrayIcon, trayIconSize } from './tray-icon.ts';

/** Which pixels are covered at all: the shape without its colour. */
const shapeOf = (pixels: Buffer): string =>
  Array.from({ length: trayIconSize ** 2 }, (_, index) => (pixels[index * 4 + 3] === 0 ? '.' : '#')).join('');

describe('the tray’s icon', () => {
  it('tells every state by its shape alone', () => {
    expect(new Set(healths.map((health) => shapeOf(drawTrayIcon(health)))).size).toBe(healths.length);
  });

  it('is premultiplied pixels of the size it says', () => {
    for (const health of healths) {
      const pixels = drawTrayIcon(health);
      expect(pixels.length).toBe(trayIconSize ** 2 * 4);
      for (let index = 0; index < pixels.length; index += 4) {
        const alpha = pixels[index + 3] ?? 0;
        expect(Math.max(pixels[index] ?? 0, pixels[index + 1] ?? 0, pixels[index + 2] ?? 0)).toBeLessThanOrEqual(alpha);
      }
    }
  });
});
