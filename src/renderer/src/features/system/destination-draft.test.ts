import { describe, expect, test } from 'vitest';
import { destinationSchema } from '#contract/documents/destination.ts';
import { changesOrigin, destinationOf, draftOf } from './destination-draft.ts';
import { fieldsOf } from './schema-form.ts';

const before = destinationSchema.parse({
  name: 'HubSpot',
  connector: 'webhook',
  endpoint: 'https://a.example/in',
  owner: 'Ana',
  demo: true,
  settings: { region: 'eu' },
});
const fields = fieldsOf({ type: 'object', properties: { region: { type: 'string' } }, required: ['region'] });

describe('a destination in its form', () => {
  test('opened and saved unchanged it is the same document', () => {
    expect(destinationOf({ ...draftOf(before), settings: { region: 'eu' } }, fields, before).value).toEqual(before);
  });

  test('an emptied address is the vendor’s own again', () => {
    expect(destinationOf({ ...draftOf(before), endpoint: ' ', settings: { region: 'eu' } }, fields, before).value).not.toHaveProperty(
      'endpoint',
      expect.anything(),
    );
  });

  test('a status page and a probe are what somebody decided, and nothing else', () => {
    const draft = { ...draftOf(before), settings: { region: 'eu' } };
    const watched = destinationOf(
      { ...draft, statusUrl: ' https://status.example/summary.json ', statusComponent: 'API', probe: 'off' },
      fields,
      before,
    );
    expect(watched.value).toMatchObject({ statusFeed: { url: 'https://status.example/summary.json', component: 'API' }, probe: 'off' });
    const again = { ...draftOf(watched.value), settings: { region: 'eu' } };
    expect(destinationOf(again, fields, watched.value).value).toEqual(watched.value);
    expect(destinationOf({ ...again, probe: 'check' }, fields, watched.value).value?.probe).toBeUndefined();
    expect(destinationOf({ ...again, statusUrl: '' }, fields, watched.value).value?.statusFeed).toBeUndefined();
    expect([...destinationOf({ ...draft, statusUrl: 'https://user:pass@x.example' }, fields, before).problems.keys()]).toEqual([
      'statusFeed.url',
    ]);
  });

  test('what is wrong is named by the path that the gateway uses', () => {
    const { value, problems } = destinationOf({ ...draftOf(null), connector: 'webhook', endpoint: 'ftp://x' }, fields, null);
    expect(value).toBeNull();
    expect([...problems.keys()].sort()).toEqual(['endpoint', 'name', 'settings.region']);
  });

  test('another path at the same address keeps the credential; another host does not', () => {
    expect(changesOrigin({ endpoint: 'https://a.example/other' }, before, null)).toBe(false);
    expect(changesOrigin({ endpoint: 'https://b.example/in' }, before, null)).toBe(true);
    expect(changesOrigin({ endpoint: '' }, before, 'https://a.example')).toBe(false);
    expect(changesOrigin({ endpoint: 'https://b.example' }, null, null)).toBe(false);
  });
});
