import { describe, expect, test } from 'vitest';
import { snippetsFor } from './snippets.ts';

describe('how to send', () => {
  test('every snippet carries the key and the address of this gateway', () => {
    for (const { text } of snippetsFor({ kind: 'segment', writeKey: 'wk_1' }, 'http://127.0.0.1:8020/')) {
      expect(text).toContain('wk_1');
      expect(text).toContain('127.0.0.1:8020');
      expect(text).not.toContain('8020//');
    }
  });

  test('a plain JSON source shows plain JSON only', () => {
    expect(snippetsFor({ kind: 'json', writeKey: 'wk_1' }, 'http://h').map(({ id }) => id)).toEqual(['curl']);
  });
});
