/** What lies in a backup folder: a folder for each backup, named by its id. */
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statfsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { appError } from '#contract/errors.ts';
import { backupIdSchema } from '#contract/operations/backup.ts';
import { err, ok, type Result } from '#contract/result.ts';
import { z } from '#contract/zod.ts';
import { causeOf, manifestName, markName } from './copying.ts';
import { type Manifest, readManifest } from './manifest.ts';

export interface FoundBackup {
  readonly id: string;
  readonly folder: string;
  /** Or why it is none. */
  readonly manifest: Result<Manifest>;
  /** Whose it is, from its manifest or its mark; null where neither tells. */
  readonly gateway: string | null;
}

/** A complete one. */
export interface CompleteBackup {
  readonly id: string;
  readonly folder: string;
  readonly manifest: Manifest;
}

const markSchema = z.object({ gateway: z.string() });

/** An id that sorts by time, and is nobody else's. */
export function newBackupId(at: number): string {
  const time = new Date(at).toISOString().replace(/[-:]/g, '').replace(/\.\d+/, '');
  return `${time}-${randomBytes(3).toString('hex')}`;
}

/** When a backup was begun, by its id; epoch ms. */
export function timeOfId(id: string): number {
  return Date.parse(id.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z.*$/, '$1-$2-$3T$4:$5:$6Z'));
}

function gatewayOf(folder: string): string | null {
  try {
    return markSchema.parse(JSON.parse(readFileSync(join(folder, markName), 'utf8'))).gateway;
  } catch {
    return null;
  }
}

/** Every backup and half backup, newest first. BACKUP_FAILED where the folder cannot be read. */
export function findBackups(root: string): Result<readonly FoundBackup[]> {
  try {
    const names = readdirSync(root).filter((name) => backupIdSchema.safeParse(name).success);
    return ok(
      names
        .sort()
        .reverse()
        .map((id) => look(join(root, id))),
    );
  } catch (error) {
    const cause = causeOf(error);
    if (cause === null) throw error;
    return err(appError('BACKUP_FAILED', { folder: root, cause }));
  }
}

function look(folder: string): FoundBackup {
  const id = basename(folder);
  const manifest = readManifest(folder);
  if (manifest.ok && manifest.value.id !== id)
    return { id, folder, manifest: err(appError('BACKUP_DAMAGED', { why: 'its manifest is that of another backup' })), gateway: null };
  return { id, folder, manifest, gateway: manifest.ok ? manifest.value.gateway : gatewayOf(folder) };
}

export function complete(backups: readonly FoundBackup[]): readonly CompleteBackup[] {
  return backups.flatMap(({ id, folder, manifest }) => (manifest.ok ? [{ id, folder, manifest: manifest.value }] : []));
}

/**
 * The backup that a path means: a backup's own folder, or the newest complete one in a backup folder. BACKUP_UNKNOWN,
 * BACKUP_DAMAGED, DATA_NEWER, BACKUP_AMBIGUOUS where several gateways share the folder.
 */
export function locateBackup(path: string): Result<CompleteBackup> {
  const folder = path.replace(/[\\/]+$/, '');
  if (backupIdSchema.safeParse(basename(folder)).success || hasManifest(folder)) {
    const { manifest } = look(folder);
    return manifest.ok ? ok({ id: manifest.value.id, folder, manifest: manifest.value }) : manifest;
  }
  const found = findBackups(folder);
  if (!found.ok) return err(appError('BACKUP_UNKNOWN', { folder, ...found.error.details }));
  const whole = complete(found.value);
  const gateways = new Set(whole.map(({ manifest }) => manifest.gateway));
  if (gateways.size > 1) {
    const newest = [...gateways].map((gateway) => whole.find(({ manifest }) => manifest.gateway === gateway));
    const choices = newest.flatMap((each) =>
      each ? [{ folder: each.folder, environment: each.manifest.environment, node: each.manifest.node }] : [],
    );
    return err(appError('BACKUP_AMBIGUOUS', { choices }));
  }
  const [newest] = whole;
  if (newest) return ok(newest);
  const [half] = found.value;
  return err(appError('BACKUP_UNKNOWN', half ? { folder, unfinished: found.value.map(({ id }) => id) } : { folder }));
}

function hasManifest(folder: string): boolean {
  try {
    return readdirSync(folder).includes(manifestName);
  } catch {
    return false;
  }
}

/** Free bytes on the disk of a folder, or of the nearest one above it that exists; null where unknown. */
export function freeBytesOf(folder: string): number | null {
  try {
    const disk = statfsSync(folder);
    return disk.bavail * disk.bsize;
  } catch {
    const above = dirname(folder);
    return above === folder ? null : freeBytesOf(above);
  }
}
