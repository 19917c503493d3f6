import { describe, expect, test } from 'vitest';
import { auditWords, targetWords } from './audit-words.ts';

const context = {
  destinationName: (id: string) => (id === 'hubspot' ? 'HubSpot' : id),
  switchMode: (id: string, revision: number) => (id === 'destination:hubspot' && revision === 3 ? ('park' as const) : null),
};

describe('audit words', () => {
  test('a switch whose revision is known says what was done', () => {
    const changes = [{ kind: 'switch' as const, id: 'destination:hubspot', revision: 3, digest: '' }];
    expect(auditWords({ action: 'switch.set', target: 'hubspot', outcome: 'applied', changes }, context)).toEqual({
      verb: 'parked',
      object: 'HubSpot',
      refusal: null,
    });
  });

  test('a switch whose revision is not known here says only that it was set', () => {
    expect(auditWords({ action: 'switch.set', target: 'source web', outcome: 'applied' }, context)).toMatchObject({
      verb: 'set the switch of',
      object: 'source web',
    });
  });

  test('what was denied carries why', () => {
    expect(auditWords({ action: 'settings.put', target: 'settings/gateway', outcome: 'DOCUMENT_CONFLICT' }, context)).toEqual({
      verb: 'changed the gateway settings',
      object: '',
      refusal: 'DOCUMENT_CONFLICT',
    });
  });

  test('an action without words of its own keeps its exact name', () => {
    expect(auditWords({ action: 'route.reapply', target: 'hubspot', outcome: 'applied' }, context).verb).toBe('route.reapply');
  });

  test('targets in all their forms become names', () => {
    expect(
      [
        'destination/hubspot',
        'switch/destination:hubspot',
        'switch/event:Order Completed',
        'event:Order Completed',
        'destination:hubspot',
        'everything',
        'event “a/b”',
      ].map((target) => targetWords(target, context)),
    ).toEqual(['HubSpot', 'HubSpot', 'event “Order Completed”', 'event “Order Completed”', 'HubSpot', 'everything', 'event “a/b”']);
  });
});
