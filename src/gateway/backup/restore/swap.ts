/**
 * Puts what was restored in the place of what is there. The data folder itself stays where it is (it may be a mount
 * point); what was in it is moved into a folder beside, and nothing is deleted.
 *
 *     restoring/new/...  a complete, proved data folder ──┐
 *     restoring/plan.json  written last, durably ─────────┤  from here on there is only one way: forwards
 *     old files → before-<incarnation>/, new files → here ┤  each a rename, repeated at the next start where it was cut off
 *     restoring/ removed ◀────────────────────────────────┘
 *
 * Killed before the plan is there, the old data is untouched and what lies in `restoring` is rubbish. Killed after, the
 * next start finishes the move before it opens anything.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { z } from '#contract/zod.ts';
import { type Disk, realDisk, writeDurably } from '../disk.ts';

const planSchema = z.strictObject({
  incarnation: z.string(),
  /** Folder that the old files go to, inside the data folder. */
  aside: z.string().regex(/^before-[0-9a-f]+$/),
  /** Entries of `restoring/new`. */
  entries: z.array(z.string().regex(/^[\w.-]+$/)),
});
export type SwapPlan = z.output<typeof planSchema>;

const planName = 'plan.json';
export const restoringFolder = (dataFolder: string) => join(dataFolder, 'restoring');
export const stagedFolder = (dataFolder: string) => join(restoringFolder(dataFolder), 'new');

/** What belongs to the state that is replaced. Anything else (a configuration file, what was put beside earlier) stays. */
function isState(name: string): boolean {
  return name === 'log' || name === 'lane-notes.json' || /\.db(-wal|-shm|\.damaged)?$/.test(name);
}

/** The point of no return. Everything in `restoring/new` must be durable. */
export function writePlan(dataFolder: string, incarnation: string, disk: Disk = realDisk): SwapPlan {
  const plan = { incarnation, aside: `before-${incarnation}`, entries: readdirSync(stagedFolder(dataFolder)) };
  disk.syncFolder(restoringFolder(dataFolder));
  disk.syncFolder(dataFolder);
  writeDurably(disk, restoringFolder(dataFolder), planName, `${JSON.stringify(plan)}\n`);
  return plan;
}

/** Whether a restore was decided on and not finished. */
export function isDecided(dataFolder: string): boolean {
  return existsSync(join(restoringFolder(dataFolder), planName));
}

function readPlan(dataFolder: string): SwapPlan | null {
  const path = join(restoringFolder(dataFolder), planName);
  return existsSync(path) ? planSchema.parse(JSON.parse(readFileSync(path, 'utf8'))) : null;
}

/**
 * Carries out a restore that was decided on, or the rest of it. Whoever calls owns the data folder. Returns the plan; null
 * where there was none.
 */
export function finishSwap(dataFolder: string, disk: Disk = realDisk): SwapPlan | null {
  const plan = readPlan(dataFolder);
  if (plan === null) return null;
  const [staged, aside] = [stagedFolder(dataFolder), join(dataFolder, plan.aside)];
  mkdirSync(aside, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(dataFolder)) {
    const isPlanned = plan.entries.includes(name);
    // An entry of the plan that is not staged any more has been moved here already.
    const isNew = isPlanned && !existsSync(join(staged, name));
    if (!isNew && (isPlanned || isState(name))) renameSync(join(dataFolder, name), join(aside, name));
  }
  disk.syncFolder(aside);
  for (const name of plan.entries) if (existsSync(join(staged, name))) disk.rename(join(staged, name), join(dataFolder, name));
  disk.syncFolder(dataFolder);
  disk.remove(join(restoringFolder(dataFolder), planName));
  disk.syncFolder(restoringFolder(dataFolder));
  disk.remove(restoringFolder(dataFolder));
  return plan;
}
