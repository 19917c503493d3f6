import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { destinationSchema } from '#contract/documents/destination.ts';
import { guardrailSchema } from '#contract/documents/guardrail.ts';
import { settingsSchema } from '#contract/documents/settings.ts';
import { breakerDefaults } from '#gateway/delivery/breaker.ts';
import { root } from './planted.ts';

const text = readFileSync(join(root, 'docs/defaults.md'), 'utf8');

/** Values that bound or decide something; names, labels and lists are no settings with a danger. */
function settings(value: object, path = ''): [string, string][] {
  return Object.entries(value).flatMap(([name, inner]): [string, string][] => {
    const at = `${path}${name}`;
    if (typeof inner === 'object' && inner !== null) return settings(inner, `${at}.`);
    return [[at, JSON.stringify(inner)]];
  });
}

function guardrailDefaults() {
  const subject = { type: 'destination', id: 'x' };
  const { windowMs, comparator, minSamples, onBreach, limit } = guardrailSchema.parse({
    metric: 'errors',
    subject,
    limit: { type: 'before' },
  });
  const { type: _type, ...bounds } = limit;
  return { windowMs, comparator, minSamples, onBreach, limit: bounds };
}

describe('docs/defaults.md', () => {
  const { name: _name, connector: _connector, demo: _demo, ...destination } = destinationSchema.parse({ name: 'x', connector: 'webhook' });

  it.each([
    ['a destination', destination],
    ['the gateway', settingsSchema.parse({})],
    ['the breaker', breakerDefaults],
    ['a guardrail', guardrailDefaults()],
  ])('gives every default of %s as it is in the code', (_, values) => {
    const wrong = settings(values).filter(([path, value]) => !text.includes(`| \`${path}\` | \`${value}\` |`));
    expect(wrong).toEqual([]);
  });
});
