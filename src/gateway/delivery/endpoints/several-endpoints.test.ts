import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { destinationSchema } from '#contract/documents/destination.ts';
import { createRegistry } from '#gateway/connectors/registry.ts';
import type { LogRecord } from '#gateway/log/event-log.ts';
import { breakerOptionsOf, createBreaker } from '../breaker.ts';
import { createLaneNotes } from '../lane-notes.ts';
import { type LaneSpec, routesOf } from '../lane-spec.ts';
import { type Entry, entryOf } from '../window.ts';
import { fitting } from './aside.ts';
import { type Choice, firstChoice } from './choose-endpoint.ts';
import { SeveralEndpoints } from './several-endpoints.ts';

const start = 1_000_000;

function open(domains: readonly [string, string, string], unknownThrough: number) {
  const connector = createRegistry().get('webhook');
  if (connector === null) throw new Error('no webhook');
  const destination = destinationSchema.parse({
    name: 'Hook',
    connector: 'webhook',
    endpoints: {
      dedupeDomain: domains[0],
      healthyMs: 1000,
      dwellMs: 1000,
      others: [
        { id: 'eu', url: 'http://eu.example', dedupeDomain: domains[1] },
        { id: 'us', url: 'http://us.example', dedupeDomain: domains[2] },
      ],
    },
    delivery: { breaker: { minCalls: 2, openMs: 500 } },
  });
  const endpoint = 'http://primary.example';
  const routes = routesOf(destination, endpoint);
  const spec: LaneSpec = { id: 'hook', destination, connector, settings: {}, endpoint, routes, allow: null };
  const clock = { now: start, cursor: 0 };
  const moves: Choice[] = [];
  const choice = firstChoice(routes, start);
  const endpoints = new SeveralEndpoints(
    {
      spec,
      notes: createLaneNotes(null),
      start: { choice, unknown: { throughSeq: unknownThrough, domain: choice.domain }, notBefore: 0 },
      now: () => clock.now,
      cursor: () => clock.cursor,
      mayProbe: () => null,
      consentGate: () => null,
      endpointChanged() {},
      used() {},
      moveTo: (move) => void moves.push(move),
    },
    createBreaker(breakerOptionsOf(destination.delivery), () => clock.now),
  );
  return { endpoints, clock, moves, first: choice };
}

function entry(seq: number, domain: string | null): Entry {
  const record: Pick<LogRecord, 'seq' | 'gen'> = { seq, gen: 0 };
  const made = entryOf(record as LogRecord, 'row');
  made.domain = domain;
  return made;
}

const step = fc.record({
  afterMs: fc.integer({ min: 1, max: 900 }),
  calls: fc.array(fc.tuple(fc.integer({ min: 0, max: 2 }), fc.boolean()), { maxLength: 6 }),
  cursor: fc.integer({ min: 0, max: 40 }),
});
const domain = fc.constantFrom('a', 'b', 'c');

describe('whatever its endpoints do, a lane', () => {
  it('sends to one endpoint at a time, leaves a dedupe domain only by a move, and sends no event where it may not be', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(domain, domain, domain),
        fc.integer({ min: 0, max: 30 }),
        fc.array(step, { maxLength: 40 }),
        fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.option(domain)), { maxLength: 12 }),
        async (domains, unknownThrough, steps, events) => {
          const { endpoints, clock, moves, first } = open(domains, unknownThrough);
          const served = new Set<string>(domains);
          try {
            for (const { afterMs, calls, cursor } of steps) {
              clock.now += afterMs;
              clock.cursor = Math.max(clock.cursor, cursor);
              for (const [index, isGood] of calls) endpoints.routes[index]?.breaker.finished(isGood, 1);
              endpoints.breaker.allowance();
              const route = endpoints.next();
              const usable = endpoints.routes.filter((each) => endpoints.isUsable(each));
              expect(usable).toEqual(route === null ? [] : [route]);
              // Elsewhere only by a move, and not before what is unknown lies behind the cursor.
              expect(endpoints.choice.domain).toBe(first.domain);
              if (moves.length > 0) expect(clock.cursor).toBeGreaterThanOrEqual(unknownThrough);
              expect(moves.every((move) => move.domain !== first.domain)).toBe(true);
              if (route === null) continue;
              const entries = events.map(([seq, known]) => entry(seq, known));
              const fit = fitting(entries, route, endpoints, { now: () => clock.now, ended: () => undefined });
              if (route.domain === null) continue;
              for (const each of fit) {
                const may = each.domain ?? (each.record.seq <= unknownThrough ? first.domain : null);
                expect(may === null || may === route.domain || !served.has(may)).toBe(true);
              }
            }
          } finally {
            await endpoints.close();
          }
        },
      ),
    );
  });
});
