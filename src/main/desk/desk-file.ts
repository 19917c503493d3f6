/**
 * What the console itself remembers: its environments and the pinned keys of their gateways.
 * `desk.json` in the data folder holds no secret; tokens of remote gateways are in the keychain.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nameSchema } from '#contract/documents/source.ts';
import { appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import { z } from '#contract/zod.ts';
import { writePrivateFile } from './private-file.ts';

export const embeddedId = 'embedded';

const remoteSchema = z.strictObject({
  id: nameSchema,
  name: z.string().min(1).max(60),
  kind: z.enum(['staging', 'production']),
  url: z.url({ protocol: /^wss?$/ }),
  /** Pinned when the environment was added. */
  keyFingerprint: z.string(),
});
export type RemoteEnvironment = z.output<typeof remoteSchema>;

const deskFileSchema = z.strictObject({
  version: z.literal(1),
  /** Tells this folder's keychain entries from another's; empty for the default folder. */
  installation: z.string().regex(/^[0-9a-f]{0,16}$/),
  remotes: z.array(remoteSchema),
  /** By `<environment>/<destination>`: credentials up to this version were deleted and are not used again, should the keychain still hold them. */
  deletedThrough: z.record(z.string(), z.number().int()),
});
export type DeskFileContent = z.output<typeof deskFileSchema>;

export interface DeskFile {
  read(): DeskFileContent;
  /** Writes the change to disk before it returns. */
  update(change: (content: DeskFileContent) => DeskFileContent): void;
}

/**
 * Opens `desk.json`, or starts a new one.
 * @returns DATA_CORRUPT when it cannot be understood, DATA_NEWER when a later version wrote it; the file is left as it is.
 */
export function openDeskFile(folder: string, isDefaultFolder: boolean): Result<DeskFile> {
  const path = join(folder, 'desk.json');
  let content: DeskFileContent;
  if (existsSync(path)) {
    const parsed = parse(readFileSync(path, 'utf8'), path);
    if (!parsed.ok) return parsed;
    content = parsed.value;
  } else {
    content = { version: 1, installation: isDefaultFolder ? '' : randomBytes(4).toString('hex'), remotes: [], deletedThrough: {} };
    writePrivateFile(path, JSON.stringify(content, null, 2));
  }
  return ok({
    read: () => content,
    update(change) {
      const next = change(content);
      writePrivateFile(path, JSON.stringify(next, null, 2));
      content = next;
    },
  });
}

function parse(text: string, file: string): Result<DeskFileContent> {
  try {
    const json: unknown = JSON.parse(text);
    const version = z.looseObject({ version: z.number() }).safeParse(json);
    if (version.success && version.data.version > 1) return err(appError('DATA_NEWER', { file }));
    return ok(deskFileSchema.parse(json));
  } catch (thrown) {
    return err(appError('DATA_CORRUPT', { file, cause: thrown instanceof Error ? thrown.message.slice(0, 300) : String(thrown) }));
  }
}
