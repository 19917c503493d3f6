/**
 * What came back from vendors: how much, with which status, and every answer that was not the one we hoped for. Bounded: the
 * last fifty different ones for each destination, equal ones as one entry with a count.
 */
import type { UnexpectedAnswer } from '#contract/operations/security.ts';
import type { ErrorClass } from '#contract/telemetry/tick.ts';
import { answerShape } from './answer-shape.ts';

/** One finished request. */
export interface Landed {
  /** Null where no answer came. */
  readonly answer: { readonly status: number; readonly body: string } | null;
  readonly latencyMs: number;
  /** Why it did not deliver; null where it did. `detail` is masked. */
  readonly failure: { readonly class: ErrorClass; readonly detail: string } | null;
}

export interface AnswerCounts {
  readonly bytesIn: number;
  /** By the first digit of the status: `2xx`; `none` where no answer came. */
  readonly byStatus: Readonly<Record<StatusClass, number>>;
}

export const statusClasses = ['2xx', '3xx', '4xx', '5xx', 'other', 'none'] as const;
export type StatusClass = (typeof statusClasses)[number];

export interface AnswerBook {
  /** On the path of every request: a few additions where it delivered. */
  landed(destination: string, landed: Landed): void;
  /** Newest first. */
  list(destination: string, limit: number): readonly UnexpectedAnswer[];
  counts(): ReadonlyMap<string, AnswerCounts>;
  retain(destinations: ReadonlySet<string>): void;
}

const mostAnswers = 50;
/** Bodies looked into a second, for each destination: a vendor that fails fast must not cost us what it saves itself. */
const mostShapes = 20;

interface Entry {
  count: number;
  lastAt: number;
  latencyMs: number;
  readonly firstAt: number;
  readonly status: number;
  readonly class: ErrorClass;
  readonly shape: string;
  readonly detail: string;
  readonly sizeBytes: number;
}

class Page {
  bytesIn = 0;
  readonly byStatus: Record<StatusClass, number> = { '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0, other: 0, none: 0 };
  /** The one that came last stands last. */
  readonly entries = new Map<string, Entry>();
  #second = 0;
  #shapes = 0;

  note(answer: NonNullable<Landed['answer']>, failure: NonNullable<Landed['failure']>, latencyMs: number, at: number): void {
    const second = Math.floor(at / 1000);
    if (second !== this.#second) [this.#second, this.#shapes] = [second, 0];
    const entry = this.#shapes++ < mostShapes ? this.#entryOf(answer, failure, at) : this.#likely(answer.status, failure.class);
    if (entry === null) return;
    entry.count++;
    entry.lastAt = at;
    entry.latencyMs = Math.round(latencyMs);
  }

  #entryOf({ status, body }: NonNullable<Landed['answer']>, { class: name, detail }: NonNullable<Landed['failure']>, at: number): Entry {
    const shape = answerShape(body);
    const key = `${status} ${name} ${shape}`;
    const entry = this.entries.get(key) ?? {
      count: 0,
      firstAt: at,
      lastAt: at,
      status,
      class: name,
      shape,
      detail,
      sizeBytes: body.length,
      latencyMs: 0,
    };
    this.entries.delete(key);
    this.entries.set(key, entry);
    const oldest = this.entries.size > mostAnswers ? this.entries.keys().next().value : undefined;
    if (oldest !== undefined) this.entries.delete(oldest);
    return entry;
  }

  /** Where there is no time to look: the last one with the same status, which it nearly always is. */
  #likely(status: number, name: ErrorClass): Entry | null {
    return [...this.entries.values()].findLast((entry) => entry.status === status && entry.class === name) ?? null;
  }
}

/** @param now epoch ms */
export function createAnswerBook(now: () => number): AnswerBook {
  const pages = new Map<string, Page>();
  return {
    landed(destination, { answer, failure, latencyMs }) {
      let page = pages.get(destination);
      if (page === undefined) {
        page = new Page();
        pages.set(destination, page);
      }
      page.byStatus[answer === null ? 'none' : statusClass(answer.status)]++;
      if (answer === null) return;
      page.bytesIn += answer.body.length;
      if (failure !== null) page.note(answer, failure, latencyMs, now());
    },
    list: (destination, limit) =>
      [...(pages.get(destination)?.entries.values() ?? [])]
        .toReversed()
        .slice(0, limit)
        .map((entry) => ({ ...entry })),
    counts: () => pages,
    retain(destinations) {
      for (const id of pages.keys()) if (!destinations.has(id)) pages.delete(id);
    },
  };
}

function statusClass(status: number): StatusClass {
  if (status >= 200 && status < 300) return '2xx';
  if (status >= 300 && status < 400) return '3xx';
  if (status >= 400 && status < 500) return '4xx';
  return status >= 500 && status < 600 ? '5xx' : 'other';
}
