import { describe, expect, it } from 'vitest';
import { type Destination, destinationSchema } from '#contract/documents/destination.ts';
import type { VendorVerdict } from '#contract/operations/verdict.ts';
import type { DestinationTick } from '#contract/telemetry/tick.ts';
import type { ProbeReading } from './evidence.ts';
import { createFeeds } from './feeds.ts';
import { createProber } from './prober.ts';
import type { Steady } from './steady.ts';
import { tickAt } from './testing/ticks.ts';
import type { CredentialStanding } from './vendor-file.ts';
import { createVerdicts } from './verdicts.ts';

const summary = (indicator: string) =>
  JSON.stringify({
    page: { name: 'x' },
    status: { indicator, description: 'Outage' },
    components: [],
    incidents: [],
    scheduled_maintenances: [],
  });

/** Destinations a, b and c at vendors of their own, driven second by second. */
function room(options: { before?: ReadonlyMap<string, Steady>; control?: boolean } = {}) {
  let now = 1_000_000;
  const asked: string[] = [];
  const told: VendorVerdict[][] = [];
  const changed: VendorVerdict[][] = [];
  const world = {
    indicator: 'none',
    probes: new Map<string, ProbeReading['kind']>(),
    credentials: new Map<string, CredentialStanding>(),
    destinations: new Map<string, Destination>(
      ['a', 'b', 'c'].map((id) => [
        id,
        destinationSchema.parse({
          name: id,
          connector: 'webhook',
          endpoint: `https://${id}.example`,
          statusFeed: { url: `https://status.${id}.example` },
        }),
      ]),
    ),
  };
  const answer = async (id: string): Promise<Omit<ProbeReading, 'at'>> => {
    asked.push(id);
    return { kind: world.probes.get(id) ?? 'reached', via: 'connect', detail: '' };
  };
  const verdicts = createVerdicts({
    prober: createProber(
      () => now,
      () => 0.5,
    ),
    feeds: createFeeds(
      async () => ({ kind: 'read', text: summary(world.indicator), known: { etag: null, lastModified: null } }),
      () => now,
      () => 0.5,
    ),
    now: () => now,
    destinations: () => world.destinations,
    originOf: ({ endpoint }) => endpoint ?? null,
    credential: (id) => world.credentials.get(id) ?? 'present',
    probe: (id, _destination, isQuiet) => answer(isQuiet ? `${id} quietly` : id),
    control: () => (options.control ? () => answer('control') : null),
    before: options.before ?? new Map(),
    changed: (of) => changed.push([...of]),
  });
  verdicts.watch((of) => told.push([...of]));
  const well = { delivered: 20, latency: { n: 20, p50: 20, p95: 20, p99: 20 } };

  return {
    verdicts,
    world,
    asked,
    told,
    changed,
    now: () => now,
    /** Lets seconds pass; what is not named is well. */
    async pass(count: number, parts: Readonly<Record<string, Partial<DestinationTick>>> = {}) {
      for (let second = 0; second < count; second++) {
        now += 1000;
        const tick = tickAt(
          now,
          ['a', 'b', 'c'].map((id) => ({ id, ...(parts[id] ?? well) })),
        );
        Array.from(verdicts.take(tick));
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    of: (id: string) => verdicts.read(id)[0],
  };
}
const failing = (name: string) => ({ errors: { [name]: 20 } });

describe('verdicts of a gateway', () => {
  it('begin as fine, and are told once', async () => {
    const { pass, told, changed, of } = room();
    await pass(60);
    expect(told.map((each) => each.map(({ destination, verdict }) => `${destination} ${verdict}`))).toEqual([
      ['a fine', 'b fine', 'c fine'],
    ]);
    expect(changed).toEqual([]);
    expect(of('a')?.line).toBe('It answers as usual.');
  });

  it('turn to them soon after one vendor fails, with its page’s word, and back when it is over', async () => {
    const { pass, of, changed, world, now } = room();
    await pass(60);
    world.indicator = 'major';
    const brokenAt = now() + 1000;
    await pass(70, { b: failing('server') });
    expect(of('b')).toMatchObject({
      verdict: 'them',
      since: brokenAt,
      line: 'It answers with server errors; its status page reports: Outage.',
    });
    expect(of('a')).toMatchObject({ verdict: 'fine', line: 'It answers as usual, although its status page reports: Outage.' });
    await pass(45);
    expect(of('b')?.verdict).toBe('fine');
    expect(changed.map((each) => each.map(({ destination, verdict }) => `${destination} ${verdict}`))).toEqual([['b them'], ['b fine']]);
  });

  it('tell the network from the vendor by the others', async () => {
    const { pass, of, changed } = room();
    await pass(10);
    await pass(6, { a: failing('network'), b: failing('timeout'), c: failing('uncertain') });
    expect(['a', 'b', 'c'].map((id) => of(id)?.verdict)).toEqual(['network', 'network', 'network']);
    expect(changed).toHaveLength(1);
    const alone = room();
    await alone.pass(10);
    await alone.pass(6, { a: failing('network') });
    expect(alone.of('a')?.verdict).toBe('them');
  });

  it('ask vendors rarely while all is well, sooner in trouble, and at once when it begins', async () => {
    const { pass, asked } = room({ control: true });
    await pass(120);
    expect(asked.filter((id) => id === 'a').length).toBeLessThanOrEqual(3);
    expect(asked.filter((id) => id === 'control').length).toBeLessThanOrEqual(3);
    asked.length = 0;
    await pass(1, { a: failing('server') });
    expect(asked).toContain('a');
    expect(asked).toContain('control');
    asked.length = 0;
    await pass(60, { a: failing('server') });
    expect(asked.filter((id) => id === 'a').length).toBeGreaterThanOrEqual(3);
    expect(asked.filter((id) => id === 'b').length).toBeLessThanOrEqual(2);
  });

  it('do not call upon a vendor that somebody has parked', async () => {
    const { pass, asked } = room();
    await pass(120, { a: { state: 'parked', why: 'parked by ana' } });
    expect(asked).not.toContain('a');
    expect(asked).toContain('a quietly');
  });

  it('ask when told to, and look anew', async () => {
    const { pass, asked, verdicts, world } = room();
    await pass(5, { a: { state: 'parked' } });
    world.probes.set('a quietly', 'unreachable');
    const verdict = await verdicts.askNow('a');
    expect(asked).toEqual(['a quietly']);
    expect(verdict?.evidence.map(({ from }) => from)).toContain('probe');
    expect(await verdicts.askNow('nobody')).toBeNull();
  });

  it('are ours where the lane waits for a credential', async () => {
    const { pass, of, world } = room();
    world.credentials.set('a', 'missing');
    world.credentials.set('b', 'refused');
    await pass(10, {
      a: { state: 'held', why: 'held: a has no credential' },
      b: { state: 'held', why: 'held: HTTP 401' },
      c: { state: 'held', why: 'held: disk' },
    });
    expect(['a', 'b', 'c'].map((id) => of(id)?.line)).toEqual([
      'Our side holds it: a has no credential.',
      'It refuses our credential.',
      'Our side holds it: disk.',
    ]);
  });

  it('keep the since of trouble through a restart', async () => {
    const { pass, of, changed } = room({ before: new Map([['a', { verdict: 'them', since: 500_000, rival: null }]]) });
    await pass(3, { a: failing('server') });
    expect(of('a')).toMatchObject({ verdict: 'them', since: 500_000 });
    expect(changed).toEqual([]);
  });

  it('forget what was heard from an address that a destination has left', async () => {
    const { pass, of, world } = room();
    await pass(10, { a: failing('server') });
    expect(of('a')?.verdict).toBe('them');
    const moved = destinationSchema.parse({ name: 'a', connector: 'webhook', endpoint: 'https://elsewhere.example' });
    world.destinations.set('a', moved);
    await pass(1, { a: {} });
    expect(of('a')?.evidence[0]).toMatchObject({ from: 'traffic', says: null, text: 'Nothing was sent lately.' });
  });

  it('are gone with their destination', async () => {
    const { pass, verdicts, now } = room();
    await pass(1);
    Array.from(verdicts.take(tickAt(now() + 1000, [{ id: 'a' }])));
    expect(verdicts.read().map(({ destination }) => destination)).toEqual(['a']);
  });
});
