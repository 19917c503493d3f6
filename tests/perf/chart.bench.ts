/**
 * Main-thread time of one update of six live charts (three series, 600 points each, time axis moving, labels and
 * tooltip live): ours against uPlot and against stock Recharts, in one page of real Chromium. What is counted is
 * every task of the main thread (script, style, layout, paint), as the browser itself counts it.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import react from '@vitejs/plugin-react';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { build } from 'vite';
import { watchCpu } from '#tests/support/bench/cpu.ts';
import { type BenchOptions, type BenchReport, note } from '#tests/support/bench/report.ts';
import { median, roundTo } from '#tests/support/bench/stats.ts';
import { launchChromium } from '#tests/support/desk/chromium.ts';
import type { CandidateName } from './chart/page.ts';

const names = ['ours', 'uplot', 'stock'] as const satisfies readonly CandidateName[];
/** A round in which other processes took more of the CPU than this is repeated. */
const mostForeignShare = 0.06;
const warmUpUpdates = 20;

export async function run({ quick }: BenchOptions): Promise<BenchReport> {
  const rounds = quick ? 2 : 8;
  const updates = quick ? 30 : 80;
  await using page = await openPage();
  const kept: Record<CandidateName, number>[] = [];
  let spoiled = 0;
  for (let tries = 0; kept.length < rounds && tries < rounds * 3; tries++) {
    const cpu = watchCpu();
    const round = await measureRound(page, updates, tries);
    const share = cpu.foreignShare();
    if (share > mostForeignShare && tries < rounds * 2) {
      spoiled++;
      note(`round spoiled: others took ${roundTo(share * 100, 1)} % of the CPU`);
      continue;
    }
    kept.push(round);
    note(`round ${kept.length}: ${names.map((name) => `${name} ${roundTo(round[name], 2)} ms`).join(', ')}`);
  }
  const over = (a: CandidateName, b: CandidateName) => roundTo(median(kept.map((round) => round[a] / round[b])), 3);
  return {
    name: 'chart',
    figures: [
      { id: 'ratioUplot', value: over('ours', 'uplot'), unit: 'ratio', better: 'lower', must: 2.5, aim: 1.3 },
      { id: 'ratioRecharts', value: over('stock', 'ours'), unit: 'ratio', better: 'higher', must: 5, aim: 12 },
    ],
    rounds: kept.length,
    detail: {
      msPerUpdate: Object.fromEntries(names.map((name) => [name, roundTo(median(kept.map((round) => round[name])), 3)])),
      spoiled,
      updates,
    },
  };
}

/** ms an update of each candidate, in an order that turns from round to round. */
async function measureRound(page: BenchPage, updates: number, turn: number): Promise<Record<CandidateName, number>> {
  const result = { ours: 0, uplot: 0, stock: 0 };
  for (let index = 0; index < names.length; index++) {
    const name = names[(index + turn) % names.length] ?? 'ours';
    await page.page.evaluate((which) => window.bench.mount(which), name);
    await page.page.evaluate((count) => window.bench.run(count), warmUpUpdates);
    await page.cdp.send('HeapProfiler.collectGarbage');
    const before = await taskSeconds(page.cdp);
    await page.page.evaluate((count) => window.bench.run(count), updates);
    result[name] = ((await taskSeconds(page.cdp)) - before) * (1000 / updates);
    await page.page.evaluate(() => window.bench.unmount());
  }
  return result;
}

async function taskSeconds(cdp: CDPSession): Promise<number> {
  const { metrics } = await cdp.send('Performance.getMetrics');
  return metrics.find((metric) => metric.name === 'TaskDuration')?.value ?? 0;
}

interface BenchPage extends AsyncDisposable {
  readonly page: Page;
  readonly cdp: CDPSession;
}

async function openPage(): Promise<BenchPage> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-chart-'));
  await build({
    root: join(import.meta.dirname, 'chart'),
    logLevel: 'error',
    plugins: [react()],
    build: { outDir: folder, emptyOutDir: true, target: 'chrome130' },
  });
  const server = createServer((request, response) => {
    const path = request.url === undefined || request.url === '/' ? '/index.html' : new URL(request.url, 'http://localhost').pathname;
    const type = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }[extname(path)] ?? 'application/octet-stream';
    readFile(join(folder, path)).then(
      (body) => response.writeHead(200, { 'content-type': type }).end(body),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const browser: Browser = await launchChromium();
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.on('pageerror', (error) => note(`page: ${error.message}`));
  await page.goto(`http://127.0.0.1:${port}/`);
  await page.waitForFunction(() => window.bench !== undefined);
  const cdp = await page.context().newCDPSession(page);
  // CPU time of the main thread, so that what else runs on the machine is not counted.
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  return {
    page,
    cdp,
    [Symbol.asyncDispose]: async () => {
      await browser.close();
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
