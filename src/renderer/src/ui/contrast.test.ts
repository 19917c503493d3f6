import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

type Rgb = readonly [number, number, number];
const css = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8');

function tokensOf(scheme: 'dark' | 'light'): ReadonlyMap<string, string> {
  const start = css.indexOf(`[data-mantine-color-scheme='${scheme}']`);
  const block = css.slice(css.indexOf('{', start), css.indexOf('}', start));
  return new Map([...block.matchAll(/--([\w-]+):\s*([^;]+);/g)].map((match) => [match[1] ?? '', match[2] ?? '']));
}

function rgb(tokens: ReadonlyMap<string, string>, name: string): Rgb {
  const hex = /^#([0-9a-f]{6})$/.exec(tokens.get(name) ?? '')?.[1];
  if (hex === undefined) throw new Error(`${name} is not a plain colour`);
  return [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as unknown as Rgb;
}

/** A soft tint laid over a surface. */
function over(tokens: ReadonlyMap<string, string>, soft: string, surface: Rgb): Rgb {
  const match = /rgb\((\d+) (\d+) (\d+) \/ (\d+)%\)/.exec(tokens.get(soft) ?? '');
  if (match === null) throw new Error(`${soft} is not a tint`);
  const alpha = Number(match[4]) / 100;
  return surface.map((value, index) => value * (1 - alpha) + Number(match[index + 1]) * alpha) as unknown as Rgb;
}

/** WCAG 2.2, relative luminance and contrast ratio. */
function luminance(colour: Rgb): number {
  const [red, green, blue] = colour.map((value) =>
    value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
  ) as unknown as Rgb;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: Rgb, b: Rgb): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

const surfaces = ['bg-app', 'bg-rail', 'bg-panel', 'bg-raised', 'bg-hover', 'bg-well'] as const;
const texts = ['text', 'text-2', 'text-3', 'accent', 'ok', 'warn', 'bad', 'hold', 'none'] as const;
const marks = ['line-control', 'focus', 'series-1', 'series-2', 'series-3', 'series-4', 'series-5', 'series-6', 'series-7'] as const;

describe.each(['dark', 'light'] as const)('colours of the %s scheme', (scheme) => {
  const tokens = tokensOf(scheme);

  it.each(texts)('%s is readable as text on every surface', (name) => {
    for (const surface of surfaces) expect(contrast(rgb(tokens, name), rgb(tokens, surface)), surface).toBeGreaterThanOrEqual(4.5);
  });

  it.each(marks)('%s is visible as a mark on every surface', (name) => {
    for (const surface of surfaces) expect(contrast(rgb(tokens, name), rgb(tokens, surface)), surface).toBeGreaterThanOrEqual(3);
  });

  it('keeps text readable on selected rows, pressed surfaces and fills', () => {
    for (const text of ['text', 'text-2', 'text-3', 'ok', 'warn', 'bad', 'hold'] as const) {
      expect(contrast(rgb(tokens, text), over(tokens, 'accent-soft', rgb(tokens, 'bg-app'))), text).toBeGreaterThanOrEqual(4.5);
    }
    for (const text of ['text', 'text-2'] as const)
      expect(contrast(rgb(tokens, text), rgb(tokens, 'bg-press')), text).toBeGreaterThanOrEqual(4.5);
    expect(contrast(rgb(tokens, 'accent-text'), rgb(tokens, 'accent-fill'))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(rgb(tokens, 'env-production-text'), rgb(tokens, 'env-production'))).toBeGreaterThanOrEqual(4.5);
    for (const text of ['text-2', 'text-3'] as const)
      expect(contrast(rgb(tokens, text), rgb(tokens, 'env-production-soft')), text).toBeGreaterThanOrEqual(4.5);
  });

  it('keeps status words readable on their own tint', () => {
    for (const hue of ['ok', 'warn', 'bad', 'hold'] as const)
      expect(contrast(rgb(tokens, hue), over(tokens, `${hue}-soft`, rgb(tokens, 'bg-panel'))), hue).toBeGreaterThanOrEqual(4.5);
  });
});
