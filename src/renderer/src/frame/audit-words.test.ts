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
      note: '',
    });
  });

  test('a switch whose revision is not known here says only that it was set', () => {
    expect(auditWords({ action: 'switch.set', target: 'source web', outcome: 'applied' }, context)).toMatchObject({
      verb: 'set the switch of',
      object: 'source web',
    });
  });

  test('a check of a credential says its verdict', () => {
    expect(auditWords({ action: 'credential.check', target: 'credential/hubspot', outcome: 'refused' }, context)).toMatchObject({
      object: 'HubSpot',
      refusal: null,
      note: 'refused',
    });
  });

  test('plans, rules, people and the quarantine are called as people call them', () => {
    const words = (action: string, target: string) => auditWords({ action, target, outcome: 'applied' }, context);
    expect(words('plan.put', 'plan/web')).toMatchObject({ verb: 'changed the tracking plan', object: 'web' });
    expect(words('consent.put', 'consent/hubspot')).toMatchObject({ object: 'HubSpot' });
    expect(words('suppression.remove', 'person/h_abc')).toMatchObject({ object: 'h_abc' });
    expect(words('quarantine.released', 'quarantine/all')).toMatchObject({ verb: 'released from quarantine:', object: 'all' });
  });

  test('what was denied carries why, in words', () => {
    expect(auditWords({ action: 'settings.put', target: 'settings/gateway', outcome: 'DOCUMENT_CONFLICT' }, context)).toEqual({
      verb: 'changed the gateway settings',
      object: '',
      refusal: 'Somebody changed this meanwhile.',
      note: '',
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
