/**
 * A machine for a gateway under test, whose power can be cut, whose disk can be full and whose clock can jump. Linux with a
 * C compiler only: a library that is preloaded into the process plays it (`shim.c`).
 */
import { spawnSync } from 'node:child_process';
import { closeSync, cpSync, existsSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export interface Machine {
  /** The data folder that the process is given. */
  readonly dataFolder: string;
  /** Environment of the process. */
  readonly env: Readonly<Record<string, string>>;
  /** Shifts the wall clock, ms; whole seconds. In force at once, and for whatever is started later. */
  setClock(shiftMs: number): void;
  setDiskFull(isFull: boolean): void;
  /** After the process was killed: leaves in the data folder what was synced, and nothing else. */
  cutPower(): void;
}

/** Why there can be no such machine here; null where there can. */
export function whyNoMachine(): string | null {
  if (process.platform !== 'linux') return `the preloaded library is for Linux, this is ${process.platform}`;
  const compiler = spawnSync('cc', ['--version']);
  return compiler.status === 0 ? null : 'there is no C compiler (apt-get install build-essential)';
}

/** Builds one in `folder`, which the caller removes. */
export function createMachine(folder: string): Machine {
  const library = join(folder, 'shim.so');
  const source = join(import.meta.dirname, 'shim.c');
  const built = spawnSync('cc', ['-O2', '-Wall', '-Werror', '-shared', '-fPIC', '-o', library, source, '-ldl', '-lpthread'], {
    encoding: 'utf8',
  });
  if (built.status !== 0) throw new Error(`the shim does not compile: ${built.stderr}`);
  const dataFolder = join(folder, 'data');
  const shadow = join(folder, 'synced');
  for (const each of [dataFolder, shadow]) mkdirSync(each);
  const switches = join(folder, 'switches');
  const file = openSync(switches, 'w');
  writeSync(file, Buffer.alloc(16));
  closeSync(file);

  /** In place: the process has the file mapped. */
  function set(word: number, value: number): void {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(value));
    const handle = openSync(switches, 'r+');
    writeSync(handle, bytes, 0, 8, word * 8);
    closeSync(handle);
  }

  return {
    dataFolder,
    env: { LD_PRELOAD: library, CHAOS_ROOT: dataFolder, CHAOS_SHADOW: shadow, CHAOS_SWITCHES: switches },
    setClock: (shiftMs) => set(0, shiftMs),
    setDiskFull: (isFull) => set(1, isFull ? 1 : 0),
    cutPower() {
      rmSync(dataFolder, { recursive: true });
      if (existsSync(shadow)) cpSync(shadow, dataFolder, { recursive: true });
    },
  };
}
