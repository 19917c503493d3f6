import { describe, expect, it } from 'vitest';
import { fieldsSchema } from '#contract/documents/fields.ts';
import { compileAllowList } from './allow-list.ts';
import { toGatewayEvent } from './to-event.ts';

const event = toGatewayEvent(
  {
    event: 'Order',
    userId: 'u',
    properties: { total: 5, secret: 'x', products: [{ sku: 'a', margin: 1 }, { sku: 'b', margin: 2 }, 7] },
    traits: { email: 'a@b.co' },
    context: { page: { url: 'u', referrer: 'r' }, ip: '1.2.3.4' },
  },
  { source: 'web', receivedAt: 1, type: 'track', messageId: 'm' },
);

function kept(...paths: string[]) {
  const { properties, traits, context } = compileAllowList(paths)?.(event) ?? event;
  return { properties, traits, context };
}

describe('a field allow-list', () => {
  it('keeps what is named, and nothing else', () => {
    expect(kept('$.properties.total', '$.properties.products[*].sku', '$.context.page.url')).toEqual({
      properties: { total: 5, products: [{ sku: 'a' }, { sku: 'b' }] },
      traits: {},
      context: { page: { url: 'u' } },
    });
    expect(kept('$.traits', '$.properties.products[0]')).toEqual({
      properties: { products: [{ sku: 'a', margin: 1 }] },
      traits: { email: 'a@b.co' },
      context: {},
    });
    expect(kept()).toEqual({ properties: {}, traits: {}, context: {} });
    expect(kept('$.context.*.url', '$.context.page.referrer').context).toEqual({ page: { url: 'u', referrer: 'r' } });
  });

  it('leaves ids, name and times, and the event itself, as they are', () => {
    const before = structuredClone(event);
    const shown = compileAllowList(['$.traits'])?.(event);
    expect(shown).toMatchObject({ userId: 'u', name: 'Order', messageId: 'm', receivedAt: 1 });
    expect(event).toEqual(before);
  });

  it('is nothing at all where a destination has none', () => {
    expect(compileAllowList(undefined)).toBeNull();
  });

  it('says what it does not take, and takes whatever else it lets in', () => {
    for (const path of ['$.properties..ssn', '$.properties.', '$.userId', '$.propertiesX', 'properties.a', '$.traits[', '$.traits.a b'])
      expect(fieldsSchema.safeParse([path]).success, path).toBe(false);
    for (const path of ['$.properties', '$.traits.a-b', "$.context['a b'].c", '$.properties.*.x[0][*]']) {
      expect(fieldsSchema.parse([path])).toEqual([path]);
      expect(() => compileAllowList([path])).not.toThrow();
    }
  });
});
