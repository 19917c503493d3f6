import { describe, expect, it } from 'vitest';
import type { PaletteEntry } from '#renderer/frame/palette.ts';
import { rank } from './palette-match.ts';

function entry(title: string, keywords = ''): PaletteEntry {
  return { id: title, group: 'Acts', title, keywords, run: () => {} };
}

describe('finding in the palette', () => {
  const entries = [
    entry('Open Park Street Hub'),
    entry('Park HubSpot', 'stop kill'),
    entry('Park Mixpanel', 'stop kill'),
    entry('Go to Destinations'),
  ];
  const titles = (query: string) => rank(entries, query, 10).map((each) => each.title);

  it('needs every word, wherever it stands', () => {
    expect(titles('hub park')).toEqual(['Park HubSpot', 'Open Park Street Hub']);
  });

  it('finds by keyword and by letters in order', () => {
    expect(titles('kill mix')).toEqual(['Park Mixpanel']);
    expect(titles('gtd')).toEqual(['Go to Destinations']);
  });

  it('keeps the given order when nothing was typed, and nothing for what is not there', () => {
    expect(titles('')).toEqual(entries.map((each) => each.title));
    expect(titles('zzz')).toEqual([]);
  });
});
