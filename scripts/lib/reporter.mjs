/**
 * A Vitest reporter beside the default one: prints every skip with its reason and leaves the counts for
 * scripts/test.mjs. A skip without a reason counts as a failure.
 */
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { root } from './paths.mjs';

/**
 * @typedef {{ passed: number, failed: number, skipped: number }} Counts
 * @typedef {import('vitest/node').TestModule} TestModule
 */

/**
 * Why a test was skipped: what its context said, or what the title of its suite says, `(skipped: ...)`.
 * @param {string} fullName @param {string | undefined} note
 */
function reasonOf(fullName, note) {
  return note ?? /\(skipped: (.+?)\)/.exec(fullName)?.[1] ?? null;
}

/** @param {TestModule} module @param {Counts} counts @param {(line: string) => void} print */
function tally(module, counts, print) {
  for (const test of module.children.allTests()) {
    const result = test.result();
    if (result.state === 'passed') counts.passed += 1;
    if (result.state === 'failed') counts.failed += 1;
    if (result.state !== 'skipped') continue;
    counts.skipped += 1;
    const reason = reasonOf(test.fullName, result.note);
    if (reason === null) counts.failed += 1;
    print(`skipped: ${relative(root, module.moduleId)} > ${test.fullName}: ${reason ?? 'no reason given, which counts as a failure'}`);
  }
  // A file that could not be loaded, or a hook that failed, is a failure of its own.
  counts.failed += module.errors().length;
}

export default class CountingReporter {
  /** @param {readonly TestModule[]} modules @param {readonly unknown[]} unhandled */
  onTestRunEnd(modules, unhandled) {
    /** @type {Counts} */
    const counts = { passed: 0, failed: unhandled.length, skipped: 0 };
    for (const module of modules) tally(module, counts, (line) => process.stdout.write(`${line}\n`));
    const file = process.env.SLUICE_TEST_COUNTS;
    if (file) writeFileSync(file, JSON.stringify(counts));
  }
}
