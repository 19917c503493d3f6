/** Backups of a node: its settings, its timer, its operations and their topic. */

import { appError } from '#contract/errors.ts';
import type { BackupSummary } from '#contract/operations/backup.ts';
import { backupCheckSchema, backupDrillResultSchema } from '#contract/operations/backup.ts';
import { operations } from '#contract/operations/index.ts';
import type { Topics } from '#contract/operations/topics.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { CallContext, Feeds } from '#contract/service.ts';
import type { z } from '#contract/zod.ts';
import { type FoundBackup, timeOfId } from '#gateway/backup/backup-folder.ts';
import { startBackupProcess } from '#gateway/backup/backup-process.ts';
import { type Backups, type Begun, createBackups, type Listing } from '#gateway/backup/backups.ts';
import { bytesOf } from '#gateway/backup/manifest.ts';
import type { HandlersOf } from '#gateway/control/commands/context.ts';
import type { Closing } from './closing.ts';
import { gatewayVersion } from './handlers.ts';
import type { Logger } from './logger.ts';
import type { NodeState } from './state.ts';

const tickMs = 5000;

export interface NodeBackups {
  readonly handlers: HandlersOf<'backup.run' | 'backup.list' | 'backup.verify' | 'backup.drill'>;
  readonly feed: Feeds<Topics>['backup.progress'];
}

export function openBackups(state: NodeState, dataFolder: string, node: string, logger: Logger, closing: Closing): NodeBackups {
  const { store, log, settings } = state;
  const backups = createBackups({
    dataFolder,
    log,
    store,
    settings,
    isCritical: (name) => Object.values(operations).some((operation) => operation.name === name && operation.danger === 'critical'),
    facts: { node, product: gatewayVersion },
    start: startBackupProcess,
    now: () => log.now(),
    bug: (error) => logger.error({ err: error }, 'bug in a backup'),
  });
  closing.add(() => backups.close());
  const timer = setInterval(() => backups.tick(), tickMs);
  closing.add(() => clearInterval(timer));
  const handlers = createBackupHandlers(backups, { store, bytes: () => log.stats().bytes });
  return {
    handlers,
    feed(_, sink) {
      const latest = backups.progress();
      if (latest) sink.push([latest]);
      return backups.watch((progress) => sink.push([progress]));
    },
  };
}

interface HandlerDeps extends Pick<NodeState, 'store'> {
  /** Size of the log, bytes. */
  bytes(): number;
}

function createBackupHandlers(backups: Backups, { store, bytes }: HandlerDeps): NodeBackups['handlers'] {
  /** Audits the command, once; a known commandId begins nothing again. Answers the id that it began with. */
  async function command<T>(
    action: string,
    reason: string | undefined,
    context: CallContext,
    begin: () => Promise<Result<Begun<T>>> | Result<Begun<T>>,
  ): Promise<Result<{ readonly id: string; readonly begun: Begun<T> | null }>> {
    const { commandId } = context;
    const known = commandId === null ? null : store.outcome(commandId);
    if (known)
      return known.action === action ? ok({ id: known.target, begun: null }) : err(appError('COMMAND_ID_REUSED', { action: known.action }));
    const begun = await begin();
    const attribution = { by: context.by, action, reason: reason ?? '', commandId };
    if (!begun.ok) {
      if (!begun.error.retryable) store.note({ ...attribution, target: 'backup' }, begun.error.code);
      return begun;
    }
    store.note({ ...attribution, target: begun.value.id }, 'begun');
    return ok({ id: begun.value.id, begun: begun.value });
  }

  async function examine<T>(
    action: 'backup.verify' | 'backup.drill',
    input: { readonly id?: string | undefined; readonly wait: boolean; readonly reason?: string | undefined },
    context: CallContext,
    begin: (id: string | undefined) => Promise<Result<Begun<T>>>,
  ) {
    const started = await command(action, input.reason, context, () => begin(input.id));
    if (!started.ok) return started;
    const { id, begun } = started.value;
    const result = input.wait && begun ? await begun.done : null;
    if (result && !result.ok) return result;
    const progress = backups.progress();
    return progress ? ok({ id, result: result?.value ?? null, progress }) : err(appError('BACKUP_UNKNOWN', { id }));
  }

  return {
    async 'backup.run'({ mode, wait, dryRun, reason }, context) {
      if (dryRun) return preview(backups, mode, bytes());
      const started = await command('backup.run', reason, context, () => backups.run(mode, true));
      if (!started.ok) return started;
      const { id, begun } = started.value;
      const result = wait && begun ? await begun.done : null;
      if (result && !result.ok) return result;
      return ok({ id, copiedBytes: result?.value.copiedBytes ?? null, freeBytes: null, progress: backups.progress() });
    },
    'backup.list': () => list(backups),
    async 'backup.verify'(input, context) {
      const done = await examine('backup.verify', input, context, backups.check);
      return done.ok ? ok({ id: done.value.id, check: done.value.result, progress: done.value.progress }) : done;
    },
    async 'backup.drill'(input, context) {
      const done = await examine('backup.drill', input, context, backups.drill);
      return done.ok ? ok({ id: done.value.id, drill: done.value.result, progress: done.value.progress }) : done;
    },
  };
}

/** What a backup would copy, roughly: what the newest one holds already is not copied again. */
async function preview(backups: Backups, mode: 'full' | 'incremental', logBytes: number) {
  const listing = await backups.list();
  if (!listing.ok) return listing;
  const held = mode === 'full' ? [] : (listing.value.ours[0]?.manifest.files ?? []).filter(({ source }) => source !== undefined);
  const copiedBytes = Math.max(0, logBytes - bytesOf({ files: held }));
  return ok({ id: '', copiedBytes, freeBytes: listing.value.freeBytes, progress: null });
}

async function list(backups: Backups) {
  const listing = await backups.list();
  const common = { nextAt: backups.nextAt(), progress: backups.progress(), lastFailure: backups.lastFailure() };
  if (!listing.ok) {
    const folder = listing.error.code === 'BACKUP_NO_FOLDER' ? null : backups.folder();
    return ok({ folder, folderError: folder === null ? null : listing.error, freeBytes: null, ...common, backups: [] });
  }
  const { folder, found, freeBytes } = listing.value;
  const summaries = found.ok ? found.value.map((backup) => summaryOf(backup, listing.value)) : [];
  const running = common.progress?.work === 'backup' && common.progress.endedAt === null ? common.progress.id : null;
  return ok({
    folder,
    folderError: found.ok ? null : found.error,
    freeBytes,
    ...common,
    backups: summaries.filter(({ id }) => id !== running),
  });
}

function summaryOf({ id, manifest }: FoundBackup, { notes }: Listing): BackupSummary {
  const note = notes.find((each) => each.id === id);
  const [check, drill] = [parsed(backupCheckSchema, note?.check), parsed(backupDrillResultSchema, note?.drill)];
  if (!manifest.ok) {
    const why = String(manifest.error.details?.why ?? manifest.error.message);
    const state = manifest.error.details?.isUnfinished === true ? 'unfinished' : 'damaged';
    const unknown = { mode: null, durationMs: null, head: null, incarnation: null, bytes: null, copiedBytes: null };
    return { id, state, why, at: timeOfId(id), ...unknown, check, drill };
  }
  const { mode, begunAt, at, endedAt, head, incarnation, copiedBytes } = manifest.value;
  const bytes = bytesOf(manifest.value);
  return { id, state: 'complete', why: '', mode, at, durationMs: endedAt - begunAt, head, incarnation, bytes, copiedBytes, check, drill };
}

function parsed<T>(schema: z.ZodType<T>, text: string | null | undefined): T | null {
  try {
    return text ? schema.parse(JSON.parse(text)) : null;
  } catch {
    // What somebody else wrote there says nothing.
    return null;
  }
}
