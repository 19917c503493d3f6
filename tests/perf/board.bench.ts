/**
 * The board with 500 live destinations, scrolled up and down for a minute in real Chromium: the longest task of
 * the page's main thread. A task counts its CPU time, so that what else runs on the machine is not the board's fault.
 */
import { join } from 'node:path';
import type { CDPSession } from 'playwright-core';
import { type BenchOptions, type BenchReport, note } from '#tests/support/bench/report.ts';
import { roundTo } from '#tests/support/bench/stats.ts';
import { launchChromium } from '#tests/support/desk/chromium.ts';
import { startFake } from '#tests/support/renderer-fake/server.ts';

const destinations = 500;
/** What a hand on a wheel does, px a second. */
const scrollSpeed = 1200;

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** CPU time, microseconds. */
  readonly tdur?: number;
  readonly ts: number;
}

export async function run({ quick }: BenchOptions): Promise<BenchReport> {
  const seconds = quick ? 10 : 60;
  const fake = await startFake({ destinations, dir: join(import.meta.dirname, '../../out/renderer') });
  const browser = await launchChromium();
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.on('pageerror', (error) => note(`page: ${error.message}`));
    await page.goto(fake.url);
    await page.waitForSelector('main');
    await page.evaluate(() => {
      location.hash = '#/destinations';
    });
    await page.waitForSelector('[role=row][data-id]');
    // What is measured is a board that has run for a while: compiled, its second piece fetched, a few ticks drawn.
    await page.waitForTimeout(5000);
    const cdp = await page.context().newCDPSession(page);
    const stop = await startTrace(cdp);
    const endAt = Date.now() + seconds * 1000;
    for (let turn = 0; Date.now() < endAt; turn++) {
      await cdp.send('Input.synthesizeScrollGesture', {
        x: 700,
        y: 500,
        yDistance: turn % 2 === 0 ? -6000 : 6000,
        speed: scrollSpeed,
        gestureSourceType: 'mouse',
      });
    }
    const tasks = taskMs(await stop());
    const rows = await page.locator('[role=row][data-id]').count();
    if (rows === 0) throw new Error('the board drew no rows');
    return {
      name: 'board',
      figures: [{ id: 'longestTask', value: roundTo(tasks[0] ?? 0, 1), unit: 'ms', better: 'lower', must: 50, aim: 16 }],
      rounds: 1,
      detail: {
        destinations,
        seconds,
        tasks: tasks.length,
        over16ms: tasks.filter((ms) => ms > 16).length,
        longest: tasks.slice(0, 10).map((ms) => roundTo(ms, 1)),
      },
    };
  } finally {
    await browser.close();
    fake.close();
  }
}

async function startTrace(cdp: CDPSession): Promise<() => Promise<readonly TraceEvent[]>> {
  const events: TraceEvent[] = [];
  cdp.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  await cdp.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig: { includedCategories: ['toplevel', 'devtools.timeline'] } });
  return async () => {
    const complete = new Promise<void>((resolve) => cdp.once('Tracing.tracingComplete', () => resolve()));
    await cdp.send('Tracing.end');
    await complete;
    return events;
  };
}

/** CPU ms of the tasks of the page's main thread, longest first; without the first second, in which tracing itself starts. */
function taskMs(events: readonly TraceEvent[]): readonly number[] {
  const frame = events.find((event) => event.name === 'FireAnimationFrame' || event.name === 'FunctionCall');
  if (frame === undefined) throw new Error('the trace has no frame of the page');
  const tasks = events.filter(
    (event) => event.ph === 'X' && event.pid === frame.pid && event.tid === frame.tid && event.name.endsWith('RunTask'),
  );
  const startedAt = Math.min(...tasks.slice(0, 1).map((task) => task.ts));
  return tasks
    .filter((task) => task.ts > startedAt + 1_000_000)
    .map((task) => (task.tdur ?? 0) / 1000)
    .sort((a, b) => b - a);
}
