import { describe, expect, test } from 'vitest';
import { type SwitchScope, scopeLabel } from '#contract/documents/switch.ts';
import { confirmOf, dropObject, isTyped, typedTarget } from './target.ts';

const scopes: readonly SwitchScope[] = [
  { type: 'everything' },
  { type: 'source', source: 'web' },
  { type: 'destination', destination: 'hubspot' },
  { type: 'event', event: 'Order Completed' },
];

describe('typing what is affected', () => {
  test('the plain name is enough, and the gateway gets its own label of it', () => {
    for (const scope of scopes) {
      expect(isTyped(scope, ` ${typedTarget(scope)} `)).toBe(true);
      expect(confirmOf(scope, typedTarget(scope))).toBe(scopeLabel(scope));
    }
  });

  test('another name confirms nothing', () => {
    for (const scope of scopes) {
      expect(isTyped(scope, 'salesforce')).toBe(false);
      expect(confirmOf(scope, 'salesforce')).toBe('salesforce');
    }
  });

  test('every target can be typed on a keyboard', () => {
    for (const scope of scopes) expect(typedTarget(scope)).not.toMatch(/[“”]/);
  });

  test('a drop says what it loses', () => {
    expect(scopes.map((scope) => dropObject(scope, scopeLabel(scope)))).toEqual([
      'everything',
      'events of source web',
      'events of hubspot',
      'event “Order Completed”',
    ]);
  });
});
