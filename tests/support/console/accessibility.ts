import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { z } from '#contract/zod.ts';

const node = z.object({ target: z.array(z.unknown()), failureSummary: z.string().optional() });
const findings = z.object({ violations: z.array(z.object({ id: z.string(), impact: z.string().nullish(), nodes: z.array(node) })) });

/** For `prepare` of a window: axe has to be in the page before its content security policy is. */
export async function loadAxe(page: Page): Promise<void> {
  await page.addInitScript({ content: axe.source });
}

/** Serious and critical findings of axe-core in what is on screen now, each in a line that says what and where. */
export async function accessibilityProblems(page: Page): Promise<readonly string[]> {
  // As text: what Vitest makes of an import does not exist in the page.
  const { violations } = findings.parse(await page.evaluate(`axe.run(document, { resultTypes: ['violations'] })`));
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary ?? ''}`));
}
