import { describe, expect, it } from 'vitest';
import { iconOf, titleOf } from './worst-state.ts';

describe('the window title', () => {
  it('says the worst state and how many have it', () => {
    expect(titleOf(['healthy', 'failing', 'parked', 'failing'], false, 'Production')).toEqual({
      title: '2 failing · Production · Sluice',
      state: 'failing',
    });
    expect(titleOf(['healthy', 'none'], false, 'Production').title).toBe('Production · Sluice');
    expect(titleOf([], false, 'Production').state).toBe('none');
  });

  it('says first that there is no link', () => {
    expect(titleOf(['healthy'], true, 'Staging').title).toBe('Offline · Staging · Sluice');
  });

  it('has an icon of its own shape for each hue', () => {
    const icons = new Set((['healthy', 'degraded', 'failing', 'parked', 'none'] as const).map(iconOf));
    expect(icons.size).toBe(5);
    for (const icon of icons) expect(icon).not.toMatch(/["<>]/);
  });
});
