/**
 * Makes one backup: the small databases and the lanes from a snapshot each, then the log's closed segments, then, when
 * all of that is on the disk, the manifest. What an earlier backup of this incarnation already holds is linked, so
 * every backup's folder is complete by itself and any other may be deleted.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { AppFailure, appError } from '#contract/errors.ts';
import type { backupModes } from '#contract/operations/backup.ts';
import type { DocumentStore } from '#gateway/control/document-store.ts';
import type { BackingUp, LiveFile } from '#gateway/log/backing-up.ts';
import { databaseSchemas } from '#gateway/migrations/schemas.ts';
import type { CompleteBackup } from './backup-folder.ts';
import type { BackupProcess } from './backup-process.ts';
import type { FormerSegment } from './copying.ts';
import { bytesOf, type Manifest, type ManifestFile, manifestFormat, manifestText } from './manifest.ts';
import type { Report } from './progress.ts';

export interface BackupParts {
  readonly dataFolder: string;
  /** The backup folder; must be there. */
  readonly root: string;
  readonly id: string;
  readonly mode: (typeof backupModes)[number];
  /** Newest complete backup of the same incarnation. */
  readonly former: CompleteBackup | null;
  readonly log: BackingUp;
  readonly store: Pick<DocumentStore, 'audit' | 'lineage'>;
  readonly copier: Pick<BackupProcess, 'call'>;
  readonly facts: Pick<Manifest, 'environment' | 'node' | 'product'>;
  /** Most bytes a second that are read from the log's disk. */
  readonly bytesPerSecond: number;
  /** Bytes that copied segments may take; null: as many as there are. */
  readonly roomBytes: number | null;
  /** Epoch ms. */
  now(): number;
  readonly report: Report;
}

/** Copied only for its charts, which need not fit the rest. */
const apart = 'telemetry.db';

/** Resolves with the manifest as written. Rejects with AppFailure: BACKUP_FAILED, DATA_CORRUPT. */
export async function makeBackup(parts: BackupParts): Promise<Manifest> {
  const { root, id, copier } = parts;
  const folder = join(root, id);
  try {
    return await fill(parts, folder);
  } catch (error) {
    // What cannot be removed now has no manifest, and goes before the next backup.
    await copier.call('remove', { folder }).catch(() => {});
    throw error;
  }
}

async function fill(parts: BackupParts, folder: string): Promise<Manifest> {
  const { log, store, copier, report } = parts;
  const [{ id: gateway }] = store.lineage();
  const begunAt = parts.now();
  await copier.call('begin', { folder, mark: `${JSON.stringify({ gateway, begunAt })}\n` });
  const newest = store.audit(null, 1)[0];
  report({ phase: 'databases' });
  const databases: ManifestFile[] = [];
  const view = await log.takeView(async (live) => {
    const own = databaseSchemas.map(({ file }) => file).filter((name) => name !== apart && !live.some((file) => file.name === name));
    const files: LiveFile[] = [...own.map((name) => ({ name, path: join(parts.dataFolder, name) })), ...live];
    for (const file of files) databases.push(...(await snapshot(parts, folder, file)));
    report({ phase: 'sealing' });
  });
  const at = parts.now();
  try {
    databases.push(...(await snapshot(parts, folder, { name: apart, path: join(parts.dataFolder, apart) })));
    const segments = await copySegments(parts, folder, view.sealed);
    const cursors = databases.some(({ name }) => name === 'lanes.db')
      ? await copier.call('cursors', { lanes: join(folder, 'lanes.db') })
      : [];
    const files = [...databases, ...segments.files];
    const manifest: Manifest = {
      format: manifestFormat,
      id: parts.id,
      gateway,
      incarnation: view.incarnation,
      ...parts.facts,
      mode: parts.mode,
      begunAt,
      at,
      endedAt: parts.now(),
      head: view.head,
      cursors: [...cursors],
      audit: { seq: newest?.seq ?? 0, hash: newest?.hash ?? '' },
      files,
      copiedBytes: bytesOf({ files: databases }) + segments.copiedBytes,
    };
    report({ phase: 'manifest' });
    await copier.call('finish', { folder, manifest: manifestText(manifest) });
    return manifest;
  } finally {
    view.release();
  }
}

async function snapshot({ copier, report }: BackupParts, folder: string, { name, path }: LiveFile): Promise<ManifestFile[]> {
  const copied = await copier.call('snapshot', { from: path, to: join(folder, name) });
  if (copied === null) return [];
  report({ files: 1, bytes: copied.bytes });
  return [{ name, ...copied }];
}

async function copySegments(
  parts: BackupParts,
  folder: string,
  sealed: readonly LiveFile[],
): Promise<{ readonly files: readonly ManifestFile[]; readonly copiedBytes: number }> {
  const { copier, bytesPerSecond, roomBytes, report } = parts;
  const sizes = sealed.map(({ name, path }) => ({ name, size: statSync(path, { throwIfNoEntry: false })?.size ?? 0 }));
  const news = sizes.filter(({ name, size }) => formerOf(parts, name)?.source.bytes !== size);
  const neededBytes = sum(news);
  if (roomBytes !== null && neededBytes > roomBytes)
    throw new AppFailure(
      appError('BACKUP_FAILED', { cause: 'on this disk it would leave too little room for events', neededBytes, roomBytes }),
    );
  report({ phase: 'segments', moreFiles: sealed.length, moreBytes: sum(sizes) });
  const files: ManifestFile[] = [];
  let copiedBytes = 0;
  for (const { name, path } of sealed) {
    const former = formerOf(parts, name);
    const { isLinked, ...copied } = await copier.call('segment', { from: path, to: join(folder, name), former, bytesPerSecond });
    files.push({ name, ...copied });
    if (!isLinked) copiedBytes += copied.bytes;
    report({ files: 1, bytes: copied.bytes });
  }
  return { files, copiedBytes };
}

const sum = (sizes: readonly { readonly size: number }[]) => sizes.reduce((total, { size }) => total + size, 0);

function formerOf({ mode, former }: BackupParts, name: string): FormerSegment | null {
  const file = mode === 'full' ? undefined : former?.manifest.files.find((each) => each.name === name);
  if (!former || !file?.source) return null;
  const { bytes, sha256, version, source } = file;
  return { path: join(former.folder, name), bytes, sha256, version, source };
}
