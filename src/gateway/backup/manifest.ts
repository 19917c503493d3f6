/** What a backup says of itself. Written last: a folder without one is no backup. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { appError } from '#contract/errors.ts';
import { backupIdSchema, backupModes } from '#contract/operations/backup.ts';
import { err, ok, type Result } from '#contract/result.ts';
import { z } from '#contract/zod.ts';
import { manifestName } from './copying.ts';

export const manifestFormat = 1;

const count = z.number().int().nonnegative();
const fileSchema = z.strictObject({
  /** Path inside the backup, and inside the data folder. */
  name: z.string().regex(/^(log\/)?[\w-]+\.db$/),
  bytes: count,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Version of its form. */
  version: count,
  /** Segments: what the file was when it was copied. */
  source: z.strictObject({ mtimeNs: z.string(), bytes: count }).optional(),
});
export type ManifestFile = z.output<typeof fileSchema>;

const manifestSchema = z.strictObject({
  format: z.literal(manifestFormat),
  id: backupIdSchema,
  /** Id of the gateway's first incarnation: backups of several gateways may share a folder. */
  gateway: z.string(),
  incarnation: z.string(),
  environment: z.string(),
  node: z.string(),
  product: z.string(),
  mode: z.enum(backupModes),
  /** When it was begun, when its view was taken, and when it was complete; epoch ms. */
  begunAt: z.number(),
  at: z.number(),
  endedAt: z.number(),
  /** Last seq in it. */
  head: count,
  /** Where each lane stood. */
  cursors: z.array(z.strictObject({ destination: z.string(), cursor: count })),
  /** Newest audit entry in it: proves that the restored audit was not cut. */
  audit: z.strictObject({ seq: count, hash: z.string() }),
  files: z.array(fileSchema),
  copiedBytes: count,
});
export type Manifest = z.output<typeof manifestSchema>;

/** Knows a manifest of a later format from a damaged one. */
const anyFormat = z.object({ format: z.number(), digest: z.string() });

const digestOf = (text: string) => createHash('sha256').update(text).digest('hex');

/** The file's text: the manifest, and a digest over it, so that damage shows. */
export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify({ ...manifest, digest: digestOf(JSON.stringify(manifest)) }, null, 1)}\n`;
}

export function parseManifest(text: string): Result<Manifest> {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return damaged('its manifest is no JSON');
  }
  const known = anyFormat.safeParse(raw);
  if (!known.success) return damaged('its manifest is incomplete');
  if (known.data.format > manifestFormat)
    return err(appError('DATA_NEWER', { file: manifestName, version: known.data.format, supported: manifestFormat }));
  const { digest, ...rest } = z.looseObject({ digest: z.string() }).parse(raw);
  if (digestOf(JSON.stringify(rest)) !== digest) return damaged('its manifest was changed');
  const manifest = manifestSchema.safeParse(rest);
  return manifest.success ? ok(manifest.data) : damaged('its manifest is not understood');
}

/** The manifest of a backup's folder; BACKUP_DAMAGED where there is none, or it is not what was written; DATA_NEWER. */
export function readManifest(folder: string): Result<Manifest> {
  try {
    return parseManifest(readFileSync(join(folder, manifestName), 'utf8'));
  } catch {
    return err(appError('BACKUP_DAMAGED', { why: 'it has no manifest: it was never finished', isUnfinished: true }));
  }
}

export const bytesOf = ({ files }: Pick<Manifest, 'files'>): number => files.reduce((sum, { bytes }) => sum + bytes, 0);

function damaged(why: string): Result<never> {
  return err(appError('BACKUP_DAMAGED', { why }));
}
