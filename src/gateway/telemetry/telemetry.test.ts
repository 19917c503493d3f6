import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { historySchema } from '#contract/telemetry/history.ts';
import { type Tick, tickSchema } from '#contract/telemetry/tick.ts';
import { createHandClock, emptyStats, lane, openObservatory, START } from './testing/observatory.ts';

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'telemetry-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const board = { type: 'destination', id: 'board' } as const;

describe('a tick', () => {
  it('tells what was counted in its second, and starts anew', async () => {
    const { telemetry, meter, clock } = await openObservatory();
    const ticks: Tick[] = [];
    telemetry.subscribe((tick, json) => {
      expect(JSON.parse(json)).toEqual(tick);
      ticks.push(tickSchema.parse(tick));
    });
    meter.ingest('web', { accepted: 3, duplicate: 1, malformed: 1 }, 900);
    meter.request('board', 20, 500);
    meter.request('board', 40, 500);
    meter.delivered('board', 'web', 2, 1);
    meter.failed('board', 'server', 4);
    meter.dropped('board', 5);
    clock.advance(2000);
    expect(ticks).toHaveLength(2);
    expect(ticks[0]).toMatchObject({
      at: START + 1000,
      windowMs: 1000,
      node: 'test',
      head: 7,
      resources: { logBytes: 4096, diskFreeBytes: 1e9, sockets: 3 },
      sources: [{ id: 'web', received: 5, accepted: 3, duplicate: 1, malformed: 1, bytes: 900 }],
      destinations: [
        {
          id: 'board',
          delivered: 3,
          confirmed: 2,
          dropped: 5,
          errors: { server: 4 },
          bytesOut: 1000,
          latency: { n: 2 },
          health: 'healthy',
        },
      ],
      flows: [{ source: 'web', destination: 'board', events: 3 }],
    });
    expect(ticks[1]).toMatchObject({
      at: START + 2000,
      sources: [{ id: 'web', received: 0 }],
      destinations: [{ delivered: 0, errors: {}, latency: { n: 0, p50: null } }],
      flows: [],
    });
  });

  it('tells how things stand before its first second is over, and takes nothing from that', async () => {
    const { telemetry, meter, clock } = await openObservatory();
    meter.delivered('board', 'web', 2, 1);
    expect(tickSchema.parse(telemetry.latest())).toMatchObject({
      at: START,
      windowMs: 0,
      sources: [{ id: 'web', received: 0 }],
      destinations: [{ id: 'board', delivered: 0, health: 'none' }],
    });
    clock.advance(1000);
    expect(telemetry.latest()).toMatchObject({ windowMs: 1000, destinations: [{ delivered: 3 }] });
  });

  it('falls on full seconds, says how long its window was, and never repeats a time', async () => {
    const clock = createHandClock(START + 300);
    let behindMs = 0;
    const { telemetry } = await openObservatory({ now: () => clock.now() - behindMs }, clock);
    const seen: [number, number][] = [];
    telemetry.subscribe(({ at, windowMs }) => seen.push([at - START, windowMs]));
    clock.advance(1700);
    behindMs = 5000;
    clock.advance(1000);
    behindMs = 0;
    clock.advance(1000);
    expect(seen).toEqual([
      [1000, 700],
      [2000, 1000],
      [3000, 1000],
      [4000, 1000],
    ]);
  });

  it('does what follows a window in later turns, listeners first, and all that is left of it when it closes', async () => {
    const folder = temporaryFolder();
    const due: (() => void)[] = [];
    const clock = createHandClock();
    const { telemetry, meter } = await openObservatory({ folder, nextTurn: (work) => void due.push(work) }, clock);
    const seen: string[] = [];
    telemetry.observe(function* () {
      seen.push('observer begins');
      yield;
      seen.push('observer ends');
    });
    telemetry.subscribe(() => void seen.push('listener'));
    meter.delivered('board', 'web', 10, 0);
    clock.advance(1000);
    expect(telemetry.latest().destinations[0]?.delivered).toBe(10);
    expect(seen).toEqual([]);
    due.shift()?.();
    expect(seen).toEqual(['listener']);
    due.shift()?.();
    expect(seen).toEqual(['listener', 'observer begins']);
    meter.delivered('board', 'web', 30, 0);
    clock.set(START + 2000);
    await telemetry.close();
    expect(seen).toEqual([...Array(2)].flatMap(() => ['listener', 'observer begins', 'observer ends']));
    const { telemetry: again } = await openObservatory({ folder }, clock);
    expect((await again.history(board, START, START + 2000, 10)).series.delivered).toEqual([10, 30]);
  });

  it('counts the health over a minute, not over a second', async () => {
    const { telemetry, meter, clock } = await openObservatory();
    meter.delivered('board', 'web', 10, 0);
    meter.failed('board', 'timeout', 10);
    clock.advance(30_000);
    expect(telemetry.latest().destinations[0]?.health).toBe('failing');
    clock.advance(31_000);
    expect(telemetry.latest().destinations[0]?.health).toBe('none');
  });
});

describe('history', () => {
  it('gives rates for counts, readings, percentiles of merged sketches, and gaps where the gateway was down', async () => {
    const observatory = await openObservatory();
    const { telemetry, meter, clock } = observatory;
    for (let second = 0; second < 20; second++) {
      for (let ms = 1; ms <= 100; ms++) meter.request('board', ms, 10);
      meter.delivered('board', 'web', 100, 0);
      meter.failed('board', 'server', 2);
      meter.failed('board', 'timeout', 1);
      observatory.lanes = [lane({ waiting: second, oldestAt: clock.now() - 5000 })];
      clock.advance(1000);
    }
    const history = historySchema.parse(await telemetry.history(board, START - 10_000, START + 20_000, 30));
    expect(history.stepMs).toBe(1000);
    expect(history.at).toHaveLength(30);
    expect(history.series.delivered?.slice(8, 12)).toEqual([null, null, 100, 100]);
    expect(history.series.waiting?.at(-1)).toBe(19);
    expect(history.series.failed?.at(-1)).toBe(3);
    expect(history.series['error.server']?.at(-1)).toBe(2);
    expect(history.series.p99?.at(-1)).toBeGreaterThan(98);
    const coarse = await telemetry.history(board, START, START + 20_000, 2);
    expect(coarse).toMatchObject({
      stepMs: 10_000,
      at: [START + 10_000, START + 20_000],
      series: { delivered: [100, 100], bytesOut: [1000, 1000] },
    });
    expect(coarse.series.p50?.[0]).toBeGreaterThan(49);
    expect(coarse.series.p50?.[0]).toBeLessThan(51.5);
  });

  it('never has more points than asked for, whatever the range, and its times rise', async () => {
    const { telemetry } = await openObservatory();
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 5_000_000 }),
        fc.integer({ min: 1, max: 5_000_000 }),
        fc.integer({ min: 10, max: 300 }),
        async (agoMs, spanMs, maxPoints) => {
          const { at, series } = await telemetry.history(board, START - agoMs - spanMs, START - agoMs, maxPoints);
          expect(at.length).toBeLessThanOrEqual(maxPoints);
          expect(series.delivered).toHaveLength(at.length);
          expect(at).toEqual([...new Set(at)].sort((a, b) => a - b));
        },
      ),
    );
  });

  it('of sources and of the gateway is kept too', async () => {
    const { telemetry, meter, clock } = await openObservatory({
      log: { head: () => 5, stats: () => ({ ...emptyStats, commitMs: [1, 2, 3] }) },
    });
    meter.ingest('web', { accepted: 4, refused: 2 }, 100);
    clock.advance(1000);
    expect((await telemetry.history({ type: 'source', id: 'web' }, START, START + 1000, 10)).series).toMatchObject({
      accepted: [4],
      refused: [2],
      bytes: [100],
    });
    const gateway = await telemetry.history({ type: 'gateway' }, START, START + 1000, 10);
    expect(gateway.series).toMatchObject({ received: [6], accepted: [4], logBytes: [4096], head: [5], sockets: [3] });
    expect(gateway.series['commit.p50']?.[0]).toBeCloseTo(2, 1);
    expect((await telemetry.history({ type: 'destination', id: 'nobody' }, START, START + 1000, 10)).series.delivered).toEqual([null]);
  });

  it('and the ledger of the sources survive a restart, with the rollup that was open', async () => {
    const folder = temporaryFolder();
    const clock = createHandClock();
    const before = await openObservatory({ folder }, clock);
    before.meter.ingest('web', { accepted: 5, malformed: 1 }, 10);
    before.meter.delivered('board', 'web', 30, 0);
    before.meter.request('board', 10, 1);
    clock.advance(3000);
    await before.telemetry.close();
    clock.advance(2000);
    const after = await openObservatory({ folder }, clock);
    expect(after.telemetry.sourceTotals()).toEqual([
      { source: 'web', received: 6, accepted: 5, duplicate: 0, malformed: 1, quarantined: 0, throttled: 0, refused: 0 },
    ]);
    after.meter.delivered('board', 'web', 30, 0);
    after.meter.request('board', 1000, 1);
    after.meter.ingest('web', { accepted: 1 }, 10);
    expect(after.telemetry.sourceTotals()[0]).toMatchObject({ received: 7, accepted: 6 });
    clock.advance(1000);
    const fine = await after.telemetry.history(board, START, START + 6000, 10);
    expect(fine.series.delivered).toEqual([30, 0, 0, expect.anything(), null, 30]);
    const coarse = await after.telemetry.history(board, START, START + 10_000, 10);
    expect(coarse.series.delivered?.filter((rate) => rate !== null)).toHaveLength(5);
    const minutes = await after.telemetry.history(board, START - 3_600_000, START + 60_000, 60);
    const rate = minutes.series.delivered?.at(-1);
    expect((rate ?? 0) * 4.001).toBeCloseTo(60, 3);
    expect(minutes.series.p99?.at(-1)).toBeCloseTo(10, 0);
    expect(after.telemetry.sourceTotals()[0]).toMatchObject({ received: 7, accepted: 6 });
  });

  it('is let go of by age', async () => {
    const folder = temporaryFolder();
    const clock = createHandClock();
    const { telemetry } = await openObservatory({ folder }, clock);
    clock.advance(20 * 60_000);
    await telemetry.close();
    const database = new DatabaseSync(join(folder, 'telemetry.db'), { readOnly: true });
    const counts = database
      .prepare('SELECT step, COUNT(*) AS n FROM window WHERE subject = (SELECT id FROM subject WHERE type = ?) GROUP BY step ORDER BY step')
      .all('gateway');
    database.close();
    expect(counts.map(({ step, n }) => [step, Number(n)])).toEqual([
      [1000, expect.toSatisfy((n: number) => n >= 900 && n <= 961)],
      [10_000, 121],
      [60_000, 21],
    ]);
  });

  it('is purged on demand, and kept for as long as it was told to', async () => {
    const folder = temporaryFolder();
    const clock = createHandClock();
    const { telemetry } = await openObservatory({ folder }, clock);
    clock.advance(20 * 60_000);
    const { windows, oldestAt } = await telemetry.stored.kept();
    expect(oldestAt).toBeLessThan(START + 60_000);
    const middle = START + 10 * 60_000;
    const older = await telemetry.stored.purge(middle, true);
    expect(older).toBeGreaterThan(60);
    expect((await telemetry.stored.kept()).windows).toBe(windows);
    expect(await telemetry.stored.purge(middle, false)).toBe(older);
    expect(await telemetry.stored.kept()).toMatchObject({ windows: windows - older });
    expect((await telemetry.stored.kept()).oldestAt).toBeGreaterThanOrEqual(middle);
    telemetry.stored.keepRollups(5 * 60_000);
    clock.advance(10 * 60_000);
    await telemetry.close();
    const database = new DatabaseSync(join(folder, 'telemetry.db'), { readOnly: true });
    const first = database.prepare('SELECT MIN(start) AS at FROM window WHERE step = 60000').get();
    database.close();
    expect(Number(first?.at)).toBeGreaterThanOrEqual(START + 24 * 60_000);
  });
});

describe('the store', () => {
  it('sets a damaged file aside and starts anew', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'telemetry.db'), 'this is no database, but it is long enough to look like a file of one'.repeat(20));
    const { telemetry, clock, warnings } = await openObservatory({ folder });
    expect(warnings).toEqual(['telemetry.db was damaged and set aside; charts start anew']);
    clock.advance(1000);
    expect((await telemetry.history(board, START, START + 1000, 10)).series.delivered).toEqual([0]);
  });

  it('refuses a file of a newer version', async () => {
    const folder = temporaryFolder();
    const database = new DatabaseSync(join(folder, 'telemetry.db'));
    database.exec('PRAGMA user_version = 99');
    database.close();
    await expect(openObservatory({ folder })).rejects.toThrow('DATA_NEWER');
  });

  it('answers nothing after it is closed, rather than hanging', async () => {
    const folder = temporaryFolder();
    const { telemetry } = await openObservatory({ folder });
    await telemetry.close();
    await telemetry.close();
    await expect(telemetry.history(board, 0, 1000, 10)).rejects.toThrow('stopped');
  });
});

describe('/metrics', () => {
  it('passes promtool, with and without traffic', async () => {
    const observatory = await openObservatory({
      log: { head: () => 1, stats: () => ({ ...emptyStats, commitMs: [1, 2], settleMs: [3] }) },
    });
    const { telemetry, meter, clock } = observatory;
    const check = (text: string) =>
      execFileSync('/usr/bin/promtool', ['check', 'metrics'], { input: text, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] });
    check(telemetry.prometheus());
    meter.ingest('web', { accepted: 2, malformed: 1 }, 300);
    meter.request('board', 7, 100);
    meter.request('board', 40_000, 100);
    meter.delivered('board', 'web', 2, 1);
    meter.failed('board', 'auth', 1);
    clock.advance(1000);
    const text = telemetry.prometheus();
    check(text);
    expect(text).toContain('sluice_ingest_events_total{source="web",class="accepted"} 2\n');
    expect(text).toContain('sluice_delivery_events_total{destination="board",class="confirmed"} 2\n');
    expect(text).toContain('sluice_delivery_errors_total{destination="board",class="auth"} 1\n');
    expect(text).toContain('sluice_delivery_request_duration_seconds_bucket{destination="board",le="0.005"} 0\n');
    expect(text).toContain('sluice_delivery_request_duration_seconds_bucket{destination="board",le="0.01"} 1\n');
    expect(text).toContain('sluice_delivery_request_duration_seconds_bucket{destination="board",le="+Inf"} 2\n');
    expect(text).toContain('sluice_delivery_request_duration_seconds_sum{destination="board"} 40.007\n');
    expect(text).toContain('sluice_lane_state{destination="board",class="flowing"} 1\n');
  });

  it('forgets a destination that was deleted', async () => {
    const observatory = await openObservatory();
    observatory.meter.delivered('board', 'web', 1, 0);
    observatory.clock.advance(1000);
    expect(observatory.telemetry.prometheus()).toContain('destination="board"');
    observatory.lanes = [];
    observatory.clock.advance(1000);
    expect(observatory.telemetry.prometheus()).not.toContain('destination="board"');
  });
});

it('a listener that leaves hears no more', async () => {
  const { telemetry, clock } = await openObservatory();
  let heard = 0;
  const leave = telemetry.subscribe(() => void heard++);
  clock.advance(1000);
  leave();
  clock.advance(1000);
  expect(heard).toBe(1);
});

describe('a source', () => {
  it('tells how late its events were: in the tick, in history, and since it exists', async () => {
    const { telemetry, meter, clock } = await openObservatory();
    meter.ingest('web', { accepted: 10, underHour: 2, underWeek: 3 }, 500);
    clock.advance(1000);
    expect(telemetry.latest().sources[0]).toMatchObject({ accepted: 10, lateness: { underMinute: 5, underHour: 2, underWeek: 3 } });
    meter.ingest('web', { accepted: 4 }, 100);
    clock.advance(1000);
    expect(telemetry.latest().sources[0]).not.toHaveProperty('lateness');
    expect(telemetry.lateness('web')).toEqual({ underMinute: 9, underHour: 2, underWeek: 3 });
    const { series } = await telemetry.history({ type: 'source', id: 'web' }, START, START + 2000, 10);
    expect(series['lateness.underWeek']).toEqual([3, 0]);
    expect(series['lateness.future']).toEqual([0, 0]);
  });

  it('says in the tick why it is held back, while it is', async () => {
    let isHeldBack = true;
    const reading = { reason: 'rate', why: 'it sends faster than its limit', since: START, until: START + 5000 } as const;
    const { telemetry, clock } = await openObservatory({ throttleOf: () => (isHeldBack ? reading : null) });
    clock.advance(1000);
    expect(telemetry.latest().sources[0]).toMatchObject({ id: 'web', throttle: reading });
    isHeldBack = false;
    clock.advance(1000);
    expect(telemetry.latest().sources[0]).not.toHaveProperty('throttle');
  });
});
