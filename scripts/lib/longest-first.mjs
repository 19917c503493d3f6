import { BaseSequencer } from 'vitest/node';

/** Files that take more than half a minute, the longest first. What is missing here only makes the whole run a little longer. */
const long = [
  'e2e/trouble',
  'faults/rollout',
  'faults/sigkill',
  'e2e/dead-letter-views',
  'faults/drills',
  'e2e/page-health',
  'faults/backup',
  'faults/drill-command',
  'e2e/board',
  'e2e/recovery-views',
  'e2e/rollout-views',
  'e2e/destination-tabs',
];

/** @param {import('vitest/node').TestSpecification} file */
function place({ moduleId }) {
  const index = long.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`));
  return index === -1 ? long.length : index;
}

/** Begins with what takes longest, so that no worker is still at it when the others have nothing left. */
export class LongestFirst extends BaseSequencer {
  /** @override @param {import('vitest/node').TestSpecification[]} files */
  async sort(files) {
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => place(one) - place(other));
  }
}
