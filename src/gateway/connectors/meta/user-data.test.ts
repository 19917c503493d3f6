import { describe, expect, it } from 'vitest';
import { sampleEvent } from '#tests/support/simulator/sample-event.ts';
import { type HashedField, hashField, userDataOf } from './user-data.ts';

describe('hashing by Meta’s rules', () => {
  it.each<readonly [HashedField, string, string]>([
    // Meta's published examples.
    ['em', ' John_Smith@gmail.com ', '62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f'],
    ['ph', '+1 (650) 555-1212', 'e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176'],
    ['ph', '0016505551212', 'e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176'],
    ['fn', 'Mary', '6915771be1c5aa0c886870b6951b03d7eafc121fea0e80a5ea83beb7c449f4ec'],
    ['fn', 'mary.', '6915771be1c5aa0c886870b6951b03d7eafc121fea0e80a5ea83beb7c449f4ec'],
  ])('%s of %s', (field, value, expected) => {
    expect(hashField(field, value)).toBe(expected);
  });

  it('does not hash a hash again, in either case', () => {
    const hash = '62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f';
    expect(hashField('em', hash)).toBe(hash);
    expect(hashField('em', hash.toUpperCase())).toBe(hash);
  });

  it('normalises before it hashes', () => {
    const same = (field: HashedField, one: string, two: string): void => expect(hashField(field, one)).toBe(hashField(field, two));
    same('db', '1990-03-07', '19900307');
    same('db', '1990-03-07T00:00:00Z', '19900307');
    same('ge', 'Female', 'f');
    same('ct', 'San Francisco', 'sanfrancisco');
    same('st', 'CA', 'ca');
    same('zp', '94035-1234', '94035');
    same('zp', 'SW1A 1AA', 'sw1a1aa');
    same('country', 'US', 'us');
    same('ln', 'O’Neill-Smith', 'oneillsmith');
  });

  it('sends nothing where nothing is left', () => {
    expect([hashField('ph', 'none'), hashField('ge', 'x'), hashField('db', '1990'), hashField('country', 'Germany')]).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });
});

describe('user data', () => {
  it('is drawn from traits, and sends machine identifiers in the clear', () => {
    const event = sampleEvent({
      context: {
        ip: '203.0.113.7',
        userAgent: 'Mozilla/5.0',
        fbp: 'fb.1.1.1',
        traits: { email: 'john_smith@gmail.com', firstName: 'Mary', address: { country: 'US' } },
      },
      properties: { email: 'invited@example.org', fbc: 'fb.1.1.click' },
    });
    expect(userDataOf(event)).toEqual({
      isUsable: true,
      data: {
        em: ['62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f'],
        fn: ['6915771be1c5aa0c886870b6951b03d7eafc121fea0e80a5ea83beb7c449f4ec'],
        country: [hashField('country', 'us')],
        external_id: [hashField('external_id', 'user-1'), hashField('external_id', 'anon-1')],
        client_ip_address: '203.0.113.7',
        client_user_agent: 'Mozilla/5.0',
        fbc: 'fb.1.1.click',
        fbp: 'fb.1.1.1',
      },
    });
  });

  it('is of no use with a user agent alone', () => {
    const event = sampleEvent({ userId: null, anonymousId: null, context: { userAgent: 'Mozilla/5.0' } });
    expect(userDataOf(event).isUsable).toBe(false);
  });
});
