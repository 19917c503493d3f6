/** Looks for texts in everything that a data folder holds, packed chunks included. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { unpack } from '#gateway/log/sqlite/packing.ts';
import { blobOf } from '#gateway/log/sqlite/segment-file.ts';

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((path) => statSync(path).isFile());
}

/** Stored bodies of each chunk, by the file they are in. */
export function chunksIn(folder: string): { readonly file: string; readonly data: Uint8Array }[] {
  return filesIn(join(folder, 'log')).flatMap((file) => {
    if (!/\d\.db$/.test(file)) return [];
    const db = new DatabaseSync(file, { readOnly: true });
    try {
      return db
        .prepare('SELECT data FROM chunk ORDER BY first_seq')
        .all()
        .map(({ data }) => ({ file, data: blobOf(data) }));
    } finally {
      db.close();
    }
  });
}

/** `file: text` for each text and each file that holds it as it is, or in a packed chunk. */
export function tracesOf(folder: string, texts: readonly (string | Buffer)[]): string[] {
  const raw = filesIn(folder).map((file) => ({ file, bytes: readFileSync(file) }));
  const unpacked = chunksIn(folder).map(({ file, data }) => ({ file: `${file} (unpacked)`, bytes: Buffer.from(unpack(data)) }));
  const traces = [...raw, ...unpacked].flatMap(({ file, bytes }) =>
    texts.filter((text) => bytes.includes(text)).map((text) => `${file.slice(folder.length + 1)}: ${String(text).slice(0, 60)}`),
  );
  return [...new Set(traces)];
}

/** Pieces of packed chunks, by which what was stored is found again where it was left behind. */
export function piecesOf(chunks: readonly { readonly data: Uint8Array }[], bytes = 48): Buffer[] {
  return chunks.flatMap(({ data }) =>
    Array.from({ length: Math.floor(data.length / bytes) }, (_, i) => Buffer.from(data.slice(i * bytes, (i + 1) * bytes))),
  );
}
