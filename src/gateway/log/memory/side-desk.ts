/** Replays, marks and edits of one destination in the memory driver. */
import type { SettleDelta, SideRow } from '../event-log.ts';
import {
  type DeadCount,
  type DeadFilter,
  type DeadFound,
  type DeadSearch,
  exceptions,
  type Life,
  type OpenEdit,
  type ReplayState,
} from '../replaying.ts';
import { closeReplay, countFortunes, fortunesOf, type LaneNow, planStep, type SideStep, type StepPlan } from '../side-steps.ts';

/** What the desk needs to know of its lane. */
export interface DeskLane {
  readonly destination: string;
  readonly epoch: number;
  readonly cursor: number;
  readonly rows: ReadonlyMap<string, SideRow>;
  readonly held: ReadonlySet<number>;
}

export class MemorySideDesk {
  replays: readonly ReplayState[] = [];
  /** Generation of the replay to which a retrying row counts, by the row's seq and gen. */
  readonly #open = new Map<string, number>();
  readonly #outcomes = new Map<number, (typeof exceptions)[number]>();
  /** Generations of the replays that gave a seq. */
  readonly #given = new Map<number, number[]>();
  readonly #edits = new Map<string, OpenEdit & { isDone: boolean }>();

  plan(lane: DeskLane, step: SideStep, oldest: number): StepPlan {
    const now: LaneNow = {
      destination: lane.destination,
      epoch: lane.epoch,
      cursor: lane.cursor,
      oldest,
      replays: this.replays,
      nextGen: (this.replays.at(-1)?.gen ?? 0) + 1,
      rowsAt: (seq) => rowsAt(lane.rows, seq),
      isHeld: (seq) => lane.held.has(seq),
      openEdit: (of) => this.openEdits().find((edit) => ('seq' in of ? edit.seq === of.seq : edit.child === of.child)),
    };
    return planStep(step, now);
  }

  /** Takes note of a settle that is written, and of the step that it carries out. */
  apply(delta: SettleDelta, plan: StepPlan | null): void {
    if (plan) this.#applyStep(plan);
    for (const state of exceptions) for (const seq of delta.ended?.[state] ?? []) this.#outcomes.set(seq, state);
    const met = fortunesOf(delta).flatMap(({ seq, gen, fortune }) => {
      const replay = this.#open.get(keyOf(seq, gen));
      return replay !== undefined && this.#open.delete(keyOf(seq, gen)) ? [{ replay, fortune }] : [];
    });
    this.replays = countFortunes(this.replays, met);
  }

  #applyStep({ replay, given = [], minted = [], edit }: StepPlan): void {
    if (edit?.state === 'gone') this.#edits.delete(edit.edit.child);
    else if (edit) this.#edits.set(edit.edit.child, { ...edit.edit, isDone: edit.state === 'done' });
    if (!replay) return;
    this.replays = [...this.replays.filter(({ id }) => id !== replay.id), replay].sort((a, b) => a.gen - b.gen);
    for (const { seq, gen } of given) {
      this.#open.set(keyOf(seq, gen), replay.gen);
      this.#given.set(seq, [...new Set(this.#given.get(seq)).add(replay.gen)]);
    }
    for (const seq of minted) this.#outcomes.delete(seq);
  }

  retire(): void {
    this.replays = this.replays.map(closeReplay);
    this.#open.clear();
    this.#edits.clear();
    this.#outcomes.clear();
    this.#given.clear();
  }

  /** Forgets the message ids of copies that replaced these. */
  forgetEdits(seqs: readonly number[]): void {
    for (const [child, { seq, isDone }] of this.#edits) if (isDone && seqs.includes(seq)) this.#edits.delete(child);
  }

  openEdits(): readonly OpenEdit[] {
    const open = [...this.#edits.values()].filter(({ isDone }) => !isDone);
    return open.map(({ seq, gen, child }) => ({ seq, gen, child })).sort((a, b) => a.seq - b.seq);
  }

  life(seq: number): Life {
    const replays = (this.#given.get(seq) ?? []).flatMap((gen) => this.replays.filter((replay) => replay.gen === gen));
    const edits = [...this.#edits.values()].filter((edit) => edit.isDone && edit.seq === seq).sort((a, b) => b.gen - a.gen);
    return {
      outcome: this.#outcomes.get(seq) ?? 'delivered',
      replays: replays.map(({ id, gen }) => ({ id, gen })),
      child: edits[0]?.child ?? null,
    };
  }
}

const keyOf = (seq: number, gen: number) => `${seq}/${gen}`;

function rowsAt(rows: ReadonlyMap<string, SideRow>, seq: number): readonly SideRow[] {
  return [...rows.values()].filter((row) => row.seq === seq).sort((a, b) => a.gen - b.gen);
}

/** The open obligation of a seq, where it is a row; the latest that is retrying, or else dead. */
export function rowAt(rows: ReadonlyMap<string, SideRow>, seq: number): SideRow | undefined {
  const own = rowsAt(rows, seq);
  return own.findLast(({ state }) => state === 'retrying') ?? own.at(-1);
}

/** @param nameOf the name of an event whose dead letter does not say it */
function fits(row: SideRow, filter: DeadFilter, nameOf: (seq: number) => string | undefined): boolean {
  return (
    (filter.class === undefined || row.class === filter.class) &&
    (filter.name === undefined || (row.name ?? nameOf(row.seq)) === filter.name) &&
    (filter.fromMs === undefined || row.dueAt >= filter.fromMs) &&
    (filter.toMs === undefined || row.dueAt < filter.toMs) &&
    (filter.text === undefined || row.detail.toLowerCase().includes(filter.text.toLowerCase()))
  );
}

/** @param dead ascending */
export function searchIn(dead: readonly SideRow[], search: DeadSearch, nameOf: (seq: number) => string | undefined): DeadFound {
  const { order, from, limit, filter } = search;
  const beyond = order === 'oldest' ? dead.filter(({ seq }) => seq > from) : dead.filter(({ seq }) => seq < from).reverse();
  const rows = beyond.filter((row) => fits(row, filter, nameOf)).slice(0, limit);
  const isFull = rows.length === limit;
  const end = order === 'oldest' ? Number.MAX_SAFE_INTEGER : 0;
  return { rows, through: isFull ? (rows.at(-1)?.seq ?? from) : end, isOver: !isFull };
}

export function countIn(dead: readonly SideRow[], filter: DeadFilter): DeadCount {
  const fitting = dead.filter((row) => fits(row, filter, () => undefined));
  const classes = new Map<string, number>();
  const names = new Map<string, number>();
  for (const { class: why, name = '' } of fitting) {
    classes.set(why, (classes.get(why) ?? 0) + 1);
    names.set(name, (names.get(name) ?? 0) + 1);
  }
  return { count: fitting.length, classes, names };
}
