import { describe, expect, it } from 'vitest';
import { createKeyReader, pressText } from './shortcuts.ts';

const plain = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };

describe('keys', () => {
  it('writes a press the way shortcuts are written', () => {
    expect(pressText({ ...plain, key: 'k', ctrlKey: true })).toBe('mod+k');
    expect(pressText({ ...plain, key: 'K', metaKey: true, shiftKey: true })).toBe('mod+shift+k');
    expect(pressText({ ...plain, key: '?', shiftKey: true })).toBe('?');
    expect(pressText({ ...plain, key: 'Shift', shiftKey: true })).toBeNull();
  });

  it('reads a sequence only while it is fresh', () => {
    const known = new Set(['g d', 'g n', '?']);
    const read = createKeyReader(1000);
    expect(read('g', 0, known)).toBeNull();
    expect(read('d', 500, known)).toBe('g d');
    expect(read('g', 2000, known)).toBeNull();
    expect(read('d', 3500, known)).toBeNull();
  });

  it('takes a key of its own after a sequence that led nowhere', () => {
    const known = new Set(['g d', '?']);
    const read = createKeyReader();
    read('g', 0, known);
    expect(read('?', 10, known)).toBe('?');
  });
});
