/** Counts how events break their plans, since the gateway started. Bounded: names and violations come from senders. */
import type { PlanMode } from '#contract/documents/plan.ts';
import type { OutputOf } from '#contract/operation.ts';
import type { planViolations, Violation } from '#contract/operations/pipeline.ts';
import type { ViolationBook } from '#gateway/ingest/treatment.ts';

type Line = OutputOf<typeof planViolations>['violations'][number];

export interface ReadableViolationBook extends ViolationBook {
  /** Epoch ms from which is counted. */
  readonly since: number;
  /** Most frequent first. */
  read(filter: { readonly plan?: string | undefined; readonly source?: string | undefined }): readonly Line[];
}

interface Counted {
  readonly plan: string;
  readonly revision: number;
  readonly source: string;
  readonly event: string;
  readonly mode: PlanMode;
  events: number;
  readonly firstAt: number;
  lastAt: number;
  readonly kinds: Map<string, { readonly path: string; readonly message: string; events: number }>;
}

const maxLines = 1000;
const maxKinds = 20;
/** Where what came after the table was full is counted. */
const others = '(other events)';

export function createViolationBook(now: () => number): ReadableViolationBook {
  const lines = new Map<string, Counted>();
  const since = now();

  function lineOf(plan: { readonly id: string; readonly revision: number }, source: string, event: string, mode: PlanMode): Counted {
    const key = JSON.stringify([plan.id, plan.revision, source, event, mode]);
    const known = lines.get(key);
    if (known !== undefined) return known;
    if (lines.size >= maxLines && event !== others) return lineOf(plan, source, others, mode);
    const line: Counted = {
      plan: plan.id,
      revision: plan.revision,
      source,
      event,
      mode,
      events: 0,
      firstAt: now(),
      lastAt: 0,
      kinds: new Map(),
    };
    lines.set(key, line);
    return line;
  }
  function count(line: Counted, { path, message }: Violation): void {
    const key = `${path} ${message}`;
    const kind = line.kinds.get(key);
    if (kind !== undefined) kind.events++;
    else if (line.kinds.size < maxKinds) line.kinds.set(key, { path, message, events: 1 });
  }

  return {
    since,
    record(plan, source, event, mode, violations) {
      const line = lineOf(plan, source, event, mode);
      line.events++;
      line.lastAt = now();
      for (const violation of violations) count(line, violation);
    },
    read: ({ plan, source }) =>
      [...lines.values()]
        .filter((line) => (plan === undefined || line.plan === plan) && (source === undefined || line.source === source))
        .sort((a, b) => b.events - a.events)
        .map(({ kinds, ...line }) => ({ ...line, kinds: [...kinds.values()].sort((a, b) => b.events - a.events) })),
  };
}
