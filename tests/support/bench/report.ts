/** What a bench hands to scripts/bench.mjs. */
export interface Figure {
  readonly id: string;
  readonly value: number;
  /** `ratio`, `ms`, `s`, `%`, `MB`, `events` ... */
  readonly unit: string;
  readonly better: 'higher' | 'lower';
  /** The bound that has to hold. */
  readonly must: number;
  /** The bound to strive for. */
  readonly aim: number;
}

export interface BenchReport {
  readonly name: string;
  readonly figures: readonly Figure[];
  /** Rounds that were kept. */
  readonly rounds: number;
  /** Whatever a reader needs to judge the figures: absolutes, spoiled rounds, machine. */
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface BenchOptions {
  readonly json: boolean;
  /** Fewer, shorter rounds: shows that the bench works; its figures are not to be quoted. */
  readonly quick: boolean;
}

/** Progress for the person who waits. Goes to stderr: stdout belongs to the report. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}
