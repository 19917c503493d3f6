/** The files of a backup as they lie there: size, checksum, and whether SQLite finds them sound. Writes nothing. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { segmentVersion } from '#gateway/log/sqlite/segment-file.ts';
import { versionOf } from '#gateway/migrations/database-schema.ts';
import { databaseSchemas } from '#gateway/migrations/schemas.ts';
import { hashOf } from './copying.ts';
import type { Manifest, ManifestFile } from './manifest.ts';
import type { Report } from './progress.ts';
import { type Problem, problemOf } from './prove-folder.ts';

/** Highest version of a file's form that is understood here; 0: not a file of a data folder. */
function knownVersion(name: string): number {
  if (name.startsWith('log/')) return segmentVersion;
  const schema = databaseSchemas.find(({ file }) => file === name);
  return schema ? versionOf(schema) : 0;
}

/** Files that a newer Sluice wrote cannot be judged: they are problems too. */
export function checkVersions({ files }: Manifest): readonly Problem[] {
  return files
    .filter(({ name, version }) => version > knownVersion(name))
    .map(({ name, version }) => ({
      file: name,
      problem: `version ${version} was written by a newer Sluice, this one knows ${knownVersion(name)}`,
    }));
}

export function checkFiles(folder: string, manifest: Manifest, report: Report): readonly Problem[] {
  return manifest.files.flatMap((file) => {
    const problem = checkFile(folder, file);
    report({ files: 1, bytes: file.bytes });
    return problem === null ? [] : [problem];
  });
}

function checkFile(folder: string, { name, bytes, sha256 }: ManifestFile): Problem | null {
  const path = join(folder, name);
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === undefined) return { file: name, problem: 'it is missing' };
  if (size !== bytes) return { file: name, problem: `it has ${size} bytes instead of ${bytes}` };
  if (hashOf(path) !== sha256) return { file: name, problem: 'its checksum is wrong' };
  return checkIntegrity(name, path);
}

/** As SQLite sees it. `immutable` leaves no WAL beside it. */
export function checkIntegrity(name: string, path: string): Problem | null {
  const url = pathToFileURL(path);
  url.searchParams.set('immutable', '1');
  try {
    const db = new DatabaseSync(url, { readOnly: true });
    try {
      const found = Object.values(db.prepare('PRAGMA integrity_check(1)').get() ?? {})[0];
      return found === 'ok' ? null : { file: name, problem: String(found) };
    } finally {
      db.close();
    }
  } catch (error) {
    return problemOf(name, error);
  }
}
