import { userInfo } from 'node:os';
import { text } from 'node:stream/consumers';

/** Everything of the outside world that the command line touches, so that tests can stand in for it. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Writes to stdout; resolves when there is room for more, so that a slow pipe slows the sender. */
  out(text: string): Promise<void>;
  err(text: string): void;
  readStdin(): Promise<string>;
  /** Epoch ms. */
  now(): number;
  /** Who runs this, for the audit: letters, digits, `_`, `.` and `-`. */
  readonly user: string;
}

export function createProcessIo(): Io {
  // Whoever reads our output may stop early (`| head`); that is no failure.
  process.stdout.on('error', (error) => {
    if ('code' in error && error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  return {
    env: process.env,
    out: (chunk) => new Promise((resolve) => void process.stdout.write(chunk, () => resolve())),
    err: (chunk) => void process.stderr.write(chunk),
    readStdin: () => text(process.stdin),
    now: () => Date.now(),
    user: userName(),
  };
}

/** Some containers run under a user id that has no name. */
function userName(): string {
  try {
    return userInfo()
      .username.replace(/[^\w.-]/g, '_')
      .slice(0, 50);
  } catch {
    return 'unknown';
  }
}
