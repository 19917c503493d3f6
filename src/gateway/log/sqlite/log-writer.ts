/**
 * The writer of the log: the only connection that writes segments. Runs in its own thread, where a
 * commit may wait for the disk without anything else waiting.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { basename } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { createAcceptedTotals } from '../accepted.ts';
import { summaryWordsOf } from './chunk-format.ts';
import { pack } from './packing.ts';
import {
  blobOf,
  checkFile,
  createSchema,
  inFile,
  listSegments,
  logFolder,
  openForWriting,
  type SegmentRef,
  segmentPath,
  segmentVersion,
  sizeOf,
} from './segment-file.ts';
import { sweepRemoved } from './segment-removal.ts';
import { corrupt } from './store-failure.ts';

export interface NamedRoute {
  readonly id: number;
  readonly ordinals: readonly number[];
}

export interface NamedSource {
  readonly id: number;
  readonly name: string;
}

export interface WriterOpened {
  readonly segments: readonly SegmentRef[];
  readonly routes: readonly NamedRoute[];
  readonly sources: readonly NamedSource[];
  /** Accepted totals: the last snapshot and a recount of the chunks after it. */
  readonly totals: Float64Array;
  readonly head: number;
  /** Durable clock of the last commit, epoch ms. */
  readonly at: number;
  /** That of the first commit of the newest segment. */
  readonly startedAt: number;
}

export interface Commit {
  readonly firstSeq: number;
  readonly count: number;
  readonly at: number;
  readonly buffer: ArrayBuffer;
  readonly idxBytes: number;
  readonly summaryAt: number;
  readonly dataAt: number;
  readonly dataBytes: number;
  /** What this commit is the first to use; where it starts a segment, all. */
  readonly routes: readonly NamedRoute[];
  readonly sources: readonly NamedSource[];
  readonly startsSegment: boolean;
  /** Totals before this commit; a segment that it starts begins with them. */
  readonly snapshot: Float64Array | null;
  /** Limits the file's pages; for tests of a full disk. */
  readonly maxPages: number | null;
}

export interface Committed {
  /** Given back for the next group. */
  readonly buffer: ArrayBuffer;
  /** As the commit said. */
  readonly at: number;
  /** Size of the segment and its WAL. */
  readonly bytes: number;
  readonly walBytes: number;
  /** Size of the segment that this commit closed; 0 when it closed none. */
  readonly sealedBytes: number;
}

export interface WriterOps {
  open(input: { readonly folder: string }): WriterOpened;
  commit(input: Commit): Committed;
  /** Closes the open segment: the next commit must start one. Answers the last seq there is. */
  seal(input: null): { readonly firstSeq: number; readonly bytes: number; readonly head: number };
  close(input: { readonly snapshot: Float64Array | null; readonly seq: number }): null;
}

interface Active {
  readonly firstSeq: number;
  readonly path: string;
  readonly db: DatabaseSync;
  readonly insertChunk: StatementSync;
  readonly insertRoute: StatementSync;
  readonly insertSource: StatementSync;
  readonly insertSnapshot: StatementSync;
  /** Estimate of what the WAL holds and the file does not. */
  walBytes: number;
}

/** Above this the writer checkpoints by itself, which the WAL needs to start over. */
const closingCheckpointBytes = 16 * 1024 * 1024;
const frameOverhead = 1.02;

function activate(firstSeq: number, path: string, db: DatabaseSync): Active {
  return {
    firstSeq,
    path,
    db,
    insertChunk: db.prepare(
      'INSERT INTO chunk (first_seq, count, at, idx_crc, data_crc, summary, idx, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    ),
    insertRoute: db.prepare('INSERT OR IGNORE INTO route (id, ordinals) VALUES (?, ?)'),
    insertSource: db.prepare('INSERT OR IGNORE INTO source (id, name) VALUES (?, ?)'),
    insertSnapshot: db.prepare('INSERT OR REPLACE INTO snapshot (seq, totals) VALUES (?, ?)'),
    walBytes: 0,
  };
}

function removeSegment(folder: string, firstSeq: number): void {
  const path = segmentPath(folder, firstSeq);
  for (const suffix of ['-wal', '-shm', '']) rmSync(`${path}${suffix}`, { force: true });
}

function readState(active: Active, segments: readonly SegmentRef[]): WriterOpened {
  const { db } = active;
  const snapshot = db.prepare('SELECT seq, totals FROM snapshot ORDER BY seq DESC LIMIT 1').get();
  const from = Number(snapshot?.seq ?? active.firstSeq - 1);
  const rows = db.prepare('SELECT first_seq, count, at, summary FROM chunk WHERE first_seq > ? ORDER BY first_seq').all(from);
  const totals = createAcceptedTotals();
  if (snapshot) totals.add(summaryWordsOf(blobOf(snapshot.totals)));
  let head = from;
  for (const row of rows) {
    if (Number(row.first_seq) !== head + 1) throw corrupt(`seq ${head + 1} is missing`, basename(active.path));
    head += Number(row.count);
    totals.add(summaryWordsOf(blobOf(row.summary)));
  }
  // Seqs are contiguous from 1, so whatever was accepted adds up to the head.
  if (totals.count !== head) throw corrupt(`the totals hold ${totals.count} events, the log ${head}`, basename(active.path));
  const first = db.prepare('SELECT at FROM chunk ORDER BY first_seq LIMIT 1').get();
  const last = db.prepare('SELECT at FROM chunk ORDER BY first_seq DESC LIMIT 1').get();
  const routes = db.prepare('SELECT id, ordinals FROM route ORDER BY id').all();
  const sources = db.prepare('SELECT id, name FROM source ORDER BY id').all();
  return {
    segments,
    routes: routes.map((row) => ({ id: Number(row.id), ordinals: String(row.ordinals).split(',').filter(Boolean).map(Number) })),
    sources: sources.map((row) => ({ id: Number(row.id), name: String(row.name) })),
    totals: totals.snapshot(),
    head,
    at: Number(last?.at ?? 0),
    startedAt: Number(first?.at ?? 0),
  };
}

/** What is added from now on may be packed, which a Sluice of version 1 could not read. */
function raiseVersion(db: DatabaseSync): void {
  if (Number(db.prepare('PRAGMA user_version').get()?.user_version) < segmentVersion) db.exec(`PRAGMA user_version=${segmentVersion}`);
}

function startSegment(folder: string, commit: Commit): Active {
  const path = segmentPath(folder, commit.firstSeq);
  const db = openForWriting(path);
  // Left behind by a commit that failed: a segment without a first chunk holds nothing.
  db.exec('BEGIN IMMEDIATE');
  try {
    if (checkFile(db, basename(path), segmentVersion) === 'empty') createSchema(db);
    return activate(commit.firstSeq, path, db);
  } catch (error) {
    db.close();
    throw error;
  }
}

/** What a checkpoint cannot do now, the next opening does: its failure must not make a durable commit look failed. */
function seal(segment: Active): number {
  try {
    segment.db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } catch {
    // See above.
  }
  segment.db.close();
  return sizeOf(segment.path) + sizeOf(`${segment.path}-wal`);
}

/** Returns how many bytes it added. */
function insert(to: Active, commit: Commit): number {
  if (commit.snapshot) to.insertSnapshot.run(commit.firstSeq - 1, new Uint8Array(commit.snapshot.buffer));
  for (const route of commit.routes) to.insertRoute.run(route.id, route.ordinals.join());
  for (const source of commit.sources) to.insertSource.run(source.id, source.name);
  const idx = new Uint8Array(commit.buffer, 0, commit.idxBytes);
  const summary = new Uint8Array(commit.buffer, commit.summaryAt, commit.dataAt - commit.summaryAt);
  const data = pack(new Uint8Array(commit.buffer, commit.dataAt, commit.dataBytes));
  to.insertChunk.run(commit.firstSeq, commit.count, commit.at, crc32(summary, crc32(idx)), crc32(data), summary, idx, data);
  return commit.dataAt + data.length;
}

function checkpointIfLarge(segment: Active): void {
  if (segment.walBytes < closingCheckpointBytes) return;
  segment.walBytes = closingCheckpointBytes * 0.75;
  try {
    const row = segment.db.prepare('PRAGMA wal_checkpoint(PASSIVE)').get();
    if (row?.log === row?.checkpointed) segment.walBytes = 0;
  } catch {
    // A full disk, say. The commit is durable in the WAL; tried again a few MB later.
  }
}

export function createLogWriter(): WriterOps {
  let folder = '';
  let active: Active | null = null;
  /** Last seq, and the segment that it is in. */
  let head = 0;
  let newest = 0;

  /** Opens the newest segment. One that a crash left without its first commit is removed. */
  function openNewest(): WriterOpened {
    const segments = listSegments(folder);
    for (;;) {
      const newest = segments.at(-1);
      if (!newest) return { segments: [], routes: [], sources: [], totals: new Float64Array(0), head: 0, at: 0, startedAt: 0 };
      const path = segmentPath(folder, newest.firstSeq);
      const opened = inFile(basename(path), () => {
        const db = openForWriting(path);
        if (checkFile(db, basename(path), segmentVersion) === 'empty') {
          db.close();
          return null;
        }
        raiseVersion(db);
        active = activate(newest.firstSeq, path, db);
        return readState(active, segments);
      });
      if (opened) return opened;
      removeSegment(folder, newest.firstSeq);
      segments.pop();
    }
  }

  return {
    open(input) {
      folder = input.folder;
      mkdirSync(logFolder(folder), { recursive: true });
      sweepRemoved(folder);
      const opened = openNewest();
      head = opened.head;
      newest = opened.segments.at(-1)?.firstSeq ?? 0;
      return opened;
    },
    commit(commit) {
      let target = active;
      if (!target || commit.startsSegment) target = startSegment(folder, commit);
      else target.db.exec('BEGIN IMMEDIATE');
      try {
        if (commit.maxPages !== null) target.db.exec(`PRAGMA max_page_count=${commit.maxPages}`);
        target.walBytes += insert(target, commit) * frameOverhead + 16_384;
        target.db.exec('COMMIT');
      } catch (error) {
        if (target.db.isTransaction) target.db.exec('ROLLBACK');
        if (target !== active) {
          target.db.close();
          removeSegment(folder, commit.firstSeq);
        }
        throw error;
      }
      let sealedBytes = 0;
      if (target !== active) {
        if (active) sealedBytes = seal(active);
        active = target;
        newest = commit.firstSeq;
      }
      head = commit.firstSeq + commit.count - 1;
      checkpointIfLarge(target);
      const bytes = sizeOf(target.path) + sizeOf(`${target.path}-wal`);
      return { buffer: commit.buffer, at: commit.at, bytes, walBytes: target.walBytes, sealedBytes };
    },
    seal() {
      const path = segmentPath(folder, newest);
      const bytes = active ? seal(active) : sizeOf(path) + sizeOf(`${path}-wal`);
      active = null;
      return { firstSeq: newest, bytes, head };
    },
    close({ snapshot, seq }) {
      if (!active) return null;
      try {
        if (snapshot) active.insertSnapshot.run(seq, new Uint8Array(snapshot.buffer));
      } finally {
        seal(active);
        active = null;
      }
      return null;
    },
  };
}
