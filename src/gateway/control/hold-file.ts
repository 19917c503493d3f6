/**
 * The hold file: a text file in the data folder that parks lanes with no console, no network
 * and no running control port. Whoever can write there can stop; nobody can open anything
 * with it that a switch has closed. It fails towards stopping: a file that is there and
 * cannot be read or understood in full holds everything.
 */
import { readFileSync, statSync, watch as watchFolder } from 'node:fs';
import { basename, dirname } from 'node:path';
import { type SwitchScope, scopeId } from '#contract/documents/switch.ts';
import { parseHoldFile } from '#contract/hold-file.ts';
import { createWatchers } from './store/watchers.ts';

export interface HoldFileOptions {
  /** Path of the file; it need not be there. */
  readonly file: string;
  /** Calls back every `ms` until the answer is called: the fallback where the system tells of no change. */
  readonly every: (ms: number, tick: () => void) => () => void;
  /** Epoch ms. */
  readonly now: () => number;
}

export interface HoldFile {
  /** What is held now. */
  holds(): readonly SwitchScope[];
  /** Why the file holds everything though it does not say so; empty when it is understood. */
  problems(): readonly string[];
  /** When the present holds were first seen, epoch ms; null when nothing is held. */
  since(): number | null;
  /** Looks at the file now. */
  refresh(): void;
  /** Called after what is held has changed. */
  watch(listener: (holds: readonly SwitchScope[]) => void): () => void;
  close(): void;
}

/** How often the file is looked at where the system tells of no change, ms. */
const holdPollMs = 500;

interface Reading {
  readonly holds: readonly SwitchScope[];
  readonly problems: readonly string[];
}

const everything: readonly SwitchScope[] = [{ type: 'everything' }];
const nothing: Reading = { holds: [], problems: [] };

/** Reads the file before it returns, so that no lane starts against its will. */
export function createHoldFile({ file, every, now }: HoldFileOptions): HoldFile {
  const watchers = createWatchers<readonly SwitchScope[]>();
  let reading = nothing;
  let stamp = '';
  let since: number | null = null;

  function refresh(): void {
    stamp = stampOf(file);
    const next = read(file);
    const isSame = keyOf(next.holds) === keyOf(reading.holds);
    reading = next;
    if (isSame) return;
    since = next.holds.length > 0 ? now() : null;
    watchers.tell(next.holds);
  }

  refresh();
  const unwatch = watchFile(file, refresh);
  const stop = every(holdPollMs, () => {
    // A file that could not be read may be readable now without having changed.
    if (stampOf(file) !== stamp || reading.problems.length > 0) refresh();
  });
  return {
    holds: () => reading.holds,
    problems: () => reading.problems,
    since: () => since,
    refresh,
    watch: (listener) => watchers.add(listener),
    close() {
      unwatch();
      stop();
    },
  };
}

function read(file: string): Reading {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (thrown) {
    const code = codeOf(thrown);
    return code === 'ENOENT' ? nothing : { holds: everything, problems: [`it cannot be read (${code})`] };
  }
  const { holds, mistakes } = parseHoldFile(text);
  return mistakes.length > 0
    ? { holds: everything, problems: mistakes.map((mistake) => `line ${mistake.line}: ${mistake.message}`) }
    : { holds, problems: [] };
}

/** Changes when the file does. Nanoseconds and the inode, because an editor may replace it within a millisecond. */
function stampOf(file: string): string {
  try {
    const { mtimeNs, ctimeNs, size, ino } = statSync(file, { bigint: true });
    return `${mtimeNs}/${ctimeNs}/${size}/${ino}`;
  } catch (thrown) {
    return codeOf(thrown);
  }
}

/** Of its folder, because the file comes and goes. Where the system cannot watch, the poll alone does. */
function watchFile(file: string, changed: () => void): () => void {
  try {
    const watcher = watchFolder(dirname(file), { persistent: false }, (_event, name) => {
      if (name === null || name === basename(file)) changed();
    });
    watcher.on('error', () => watcher.close());
    return () => watcher.close();
  } catch (thrown) {
    codeOf(thrown);
    return () => {};
  }
}

function keyOf(holds: readonly SwitchScope[]): string {
  return holds.map(scopeId).sort().join('\n');
}

function codeOf(thrown: unknown): string {
  if (thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string') return thrown.code;
  throw thrown;
}
