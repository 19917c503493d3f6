/**
 * An operator at 3 a.m.: how long from starting the console to a live board, and from opening an alert's link to
 * a parked vendor, with how many inputs. A script's hands are fast; what is measured is what the product makes them wait for.
 */

import type { Locator, Page } from 'playwright-core';
import { type BenchOptions, type BenchReport, note } from '#tests/support/bench/report.ts';
import { median, percentile, roundTo } from '#tests/support/bench/stats.ts';
import { startConsoleHost } from '#tests/support/console/host.ts';
import { openConsole } from '#tests/support/console/window.ts';
import { fleetConfig, fleetEnv, startSink } from './fleet.ts';

const destinations = 8;

interface Shift {
  readonly coldStartMs: number;
  readonly linkToParkedMs: number;
  readonly inputs: number;
  /** From the click on Park to its proof on the screen, ms. */
  readonly clickToProofMs: readonly number[];
}

function environment(): Record<string, string> {
  const own = Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  return { ...Object.fromEntries(own), ...fleetEnv };
}

async function workShift(sinkUrl: string, parks: number): Promise<Shift> {
  const startedAt = performance.now();
  await using host = await startConsoleHost({ env: environment(), config: fleetConfig(sinkUrl, destinations) });
  await using window = await openConsole(host.url);
  const { page } = window;
  await page.getByText('Live', { exact: true }).first().waitFor();
  await page.getByRole('link', { name: 'Destinations' }).first().click();
  await page.getByRole('button', { name: 'Park d7' }).first().waitFor();
  const coldStartMs = performance.now() - startedAt;

  const linkAt = performance.now();
  await page.evaluate(() => {
    location.hash = '#/destinations/d3';
  });
  await page.getByRole('button', { name: 'Park d3' }).first().click();
  await page.getByText('d3 is parked').first().waitFor();
  const linkToParkedMs = performance.now() - linkAt;

  const clickToProofMs: number[] = [];
  await page.evaluate(() => {
    location.hash = '#/destinations';
  });
  for (let index = 0; index < parks; index++) {
    const name = `d${4 + (index % 3)}`;
    const button = page.getByRole('button', { name: `Park ${name}` }).first();
    await button.waitFor();
    clickToProofMs.push(await page.evaluate(watchProof, name));
    await undoOf(page, name).click();
    await button.waitFor();
  }
  // Opening the link and pressing Park.
  return { coldStartMs, linkToParkedMs, inputs: 2, clickToProofMs };
}

/** The Undo of one park: earlier messages may still stand. */
function undoOf(page: Page, name: string): Locator {
  return page
    .getByRole('status')
    .filter({ hasText: `${name} is parked` })
    .getByRole('button', { name: 'Undo' });
}

/** In the page: presses Park and resolves with the ms until the frame that shows the proof's headline is drawn. */
function watchProof(name: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const button = [...document.querySelectorAll('button')].find(
      (each) => (each.getAttribute('aria-label') ?? each.textContent ?? '').trim() === `Park ${name}`,
    );
    if (!button) return reject(new Error(`there is no button to park ${name}`));
    const isShown = () =>
      (document.body.textContent ?? '').includes(`${name} is parked`) && (document.body.textContent ?? '').includes('In force after');
    const observer = new MutationObserver(() => {
      if (!isShown()) return;
      observer.disconnect();
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - pressedAt)));
    });
    observer.observe(document.body, { childList: true, subtree: true, characterData: true });
    const pressedAt = performance.now();
    button.click();
  });
}

export async function run({ quick }: BenchOptions): Promise<BenchReport> {
  const rounds = quick ? 1 : 5;
  await using sink = await startSink();
  const shifts: Shift[] = [];
  for (let round = 0; round < rounds; round++) {
    shifts.push(await workShift(String(sink.ready.url), quick ? 5 : 20));
    const shift = shifts.at(-1) as Shift;
    note(
      `round ${round + 1}: cold start ${roundTo(shift.coldStartMs / 1000, 2)} s, link to parked ${roundTo(shift.linkToParkedMs / 1000, 2)} s`,
    );
  }
  const seconds = (pick: (shift: Shift) => number) => roundTo(median(shifts.map(pick)) / 1000, 2);
  const clicks = shifts.flatMap((shift) => shift.clickToProofMs);
  return {
    name: 'operator',
    figures: [
      { id: 'coldStart', value: seconds((shift) => shift.coldStartMs), unit: 's', better: 'lower', must: 3, aim: 1.5 },
      { id: 'linkToParked', value: seconds((shift) => shift.linkToParkedMs), unit: 's', better: 'lower', must: 10, aim: 5 },
      {
        id: 'linkToParkedInputs',
        value: Math.max(...shifts.map((shift) => shift.inputs)),
        unit: 'inputs',
        better: 'lower',
        must: 3,
        aim: 2,
      },
      { id: 'clickToProofP99', value: roundTo(percentile(clicks, 0.99), 1), unit: 'ms', better: 'lower', must: 150, aim: 60 },
    ],
    rounds,
    detail: {
      coldStart: 'from starting the host process to a live board in a Chromium started meanwhile, gateway included',
      clickToProofMs: { n: clicks.length, p50: roundTo(percentile(clicks, 0.5), 1), p99: roundTo(percentile(clicks, 0.99), 1) },
    },
  };
}
