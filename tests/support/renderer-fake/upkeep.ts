/** What the made-up gateway answers about backups. */
import type { BackupCheck, BackupProgress, BackupSummary } from '#contract/operations/backup.ts';
import type { operations } from '#contract/operations/index.ts';
import { ok } from '#contract/result.ts';
import type { Handlers } from '#contract/service.ts';
import type { World } from './world.ts';

type UpkeepHandlers = Pick<Handlers<typeof operations>, Extract<keyof typeof operations, `backup.${string}`>>;

const hour = 3_600_000;
const workMs = 6000;

function checkAt(at: number, files: number): BackupCheck {
  return { at, ok: true, problems: [], files, bytes: 4_120_000_000, durationMs: 8400, ledgers: 10, balanced: 10, auditIntact: true };
}

function backupsOf(startedAt: number): BackupSummary[] {
  const id = (at: number, tail: string) => `${new Date(at).toISOString().replace(/[-:]/g, '').slice(0, 15)}Z-${tail}`;
  return Array.from({ length: 8 }, (_, index): BackupSummary => {
    const at = startedAt - (index + 0.4) * hour;
    const isFull = index === 6;
    const summary: BackupSummary = {
      id: id(at, (0x4f9c1e + index * 7919).toString(16)),
      state: index === 3 ? 'unfinished' : 'complete',
      why: index === 3 ? 'it has no manifest: the gateway ended while it was made' : '',
      mode: isFull ? 'full' : 'incremental',
      at,
      durationMs: isFull ? 41_000 : 3_200 + index * 140,
      head: 9_412_118 - index * 154_000,
      incarnation: 'a1',
      bytes: 4_120_000_000 - index * 61_000_000,
      copiedBytes: isFull ? 3_754_000_000 : 61_000_000 + index * 1_200_000,
      check: index === 1 ? checkAt(at + 600_000, 41) : null,
      drill: index === 1 ? { ...checkAt(at + 900_000, 41), recoveryMs: 18_400, head: 9_400_118 } : null,
    };
    return index === 3 ? { ...summary, mode: null, bytes: null, copiedBytes: null, durationMs: null, head: null } : summary;
  });
}

export function upkeepHandlers(world: World): UpkeepHandlers {
  const backups = backupsOf(world.startedAt);
  let progress: BackupProgress | null = null;
  const begin = (work: BackupProgress['work'], id: string): BackupProgress => {
    progress = {
      work,
      id,
      phase: work === 'backup' ? 'segments' : work === 'check' ? 'checking' : 'restoring',
      startedAt: Date.now(),
      endedAt: null,
      doneFiles: 0,
      totalFiles: 41,
      doneBytes: 0,
      totalBytes: 4_120_000_000,
      error: null,
    };
    return progress;
  };
  const reading = (): BackupProgress | null => {
    if (progress === null || progress.endedAt !== null) return progress;
    const share = Math.min(1, (Date.now() - progress.startedAt) / workMs);
    progress = { ...progress, doneFiles: Math.floor(41 * share), doneBytes: Math.floor(4_120_000_000 * share) };
    if (share === 1) {
      const { work, id } = progress;
      progress = { ...progress, phase: 'done', endedAt: Date.now() };
      const index = backups.findIndex((backup) => backup.id === id);
      const found = backups[index];
      if (found !== undefined) {
        const check = checkAt(Date.now(), 41);
        backups[index] =
          work === 'drill' ? { ...found, check, drill: { ...check, recoveryMs: 17_900, head: 9_412_118 } } : { ...found, check };
      }
    }
    return progress;
  };
  const newest = () => backups.find(({ state }) => state === 'complete')?.id ?? '';
  return {
    'backup.list': () =>
      world.lanes.length === 0
        ? ok({ folder: null, folderError: null, freeBytes: null, nextAt: null, progress: null, lastFailure: null, backups: [] })
        : ok({
            folder: '/mnt/backup/sluice',
            folderError: null,
            freeBytes: 812_000_000_000,
            nextAt: world.startedAt + 0.6 * hour,
            progress: reading(),
            lastFailure: null,
            backups: [...backups],
          }),
    'backup.run': () => ok({ id: newest(), copiedBytes: null, freeBytes: 812_000_000_000, progress: begin('backup', newest()) }),
    'backup.verify': ({ id }) => ok({ id: id ?? newest(), check: null, progress: begin('check', id ?? newest()) }),
    'backup.drill': ({ id }) => ok({ id: id ?? newest(), drill: null, progress: begin('drill', id ?? newest()) }),
  };
}
