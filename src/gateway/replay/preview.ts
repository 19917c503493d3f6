/** What a replay would touch: how much, what of it the vendor has already, what it would refuse, how long it takes. */
import type { LetterFilter, ReplaySelection } from '#contract/documents/replay.ts';
import type { ReplayPreview } from '#contract/operations/replay.ts';
import type { Lane } from '#gateway/delivery/lane.ts';
import { stopOf } from '#gateway/delivery/reading.ts';
import type { EventLog } from '#gateway/log/event-log.ts';
import { type CandidateDeps, createCandidates, fixedFilter } from './candidates.ts';
import { seqBefore } from './seq-at.ts';

export interface PreviewDeps extends CandidateDeps {
  readonly log: EventLog;
  readonly lane: Lane;
  /** Epoch ms. */
  now(): number;
}

/** Events of the selection that are asked what switches and consent say of them. */
const askedToday = 500;
/** Events that are looked at, at most, where only looking tells whether they are meant. */
const mostLooked = 100_000;
const pageEvents = 1000;
const mostPages = mostLooked / pageEvents;

interface Counts {
  readonly selected: number;
  readonly isEstimate: boolean;
  readonly dead: number;
  readonly leftAlone: number;
  /** The vendor has them, or may have them. */
  readonly mayHave: number;
  /** Of those: so long ago that the vendor may not recognise them. */
  readonly forgotten: number;
  /** Received so long ago that they would not be sent. */
  readonly tooOld: number;
}

export async function previewReplay(deps: PreviewDeps, selection: ReplaySelection, pacePerSecond: number): Promise<ReplayPreview> {
  const { lane } = deps;
  const { connector } = lane.spec;
  const counts = await countSelection(deps, selection);
  const speed = Math.min(pacePerSecond, lane.rates.bestPerSecond > 0 ? lane.rates.bestPerSecond : Number.POSITIVE_INFINITY);
  return {
    selected: counts.selected,
    isEstimate: counts.isEstimate,
    dead: counts.dead,
    leftAlone: counts.leftAlone,
    duplicates: {
      dedupe: connector.dedupe,
      windowMs: connector.dedupeWindowMs ?? null,
      mayHave: counts.mayHave,
      atRisk: connector.dedupe === 'none' ? counts.mayHave : counts.forgotten,
      note: connector.dedupeNote,
    },
    tooOld: counts.tooOld,
    today: await askToday(deps, selection),
    etaMs: stopOf(lane) ? null : (counts.selected / speed) * 1000,
    messagesPeople: connector.messagesPeople,
  };
}

function countSelection(deps: PreviewDeps, selection: ReplaySelection): Promise<Counts> {
  switch (selection.type) {
    case 'events':
      return countEvents(deps, selection.seqs);
    case 'deadLetters':
      return countLetters(deps, selection.filter);
    case 'range':
      return countStretch(deps, selection);
  }
}

/** Seqs up to which events are older than the vendor remembers, and than it takes; 0 where there is no such limit. */
async function limits(deps: PreviewDeps): Promise<{ readonly forgotten: number; readonly tooOld: number }> {
  const { log, lane, destination } = deps;
  const { connector, destination: document } = lane.spec;
  const ages = [connector.freshnessMs, document.delivery.maxAgeMs].flatMap((age) => (age === null || age === undefined ? [] : [age]));
  const before = (ageMs: number | undefined) => (ageMs === undefined ? 0 : seqBefore(log, destination, deps.now() - ageMs));
  return {
    forgotten: await before(connector.dedupeWindowMs),
    tooOld: await before(ages.length === 0 ? undefined : Math.min(...ages)),
  };
}

async function countEvents(deps: PreviewDeps, seqs: readonly number[]): Promise<Counts> {
  const { log, lane, destination } = deps;
  const wanted = [...new Set(seqs)].filter((seq) => seq <= log.head());
  const { rows, held } = await log.obligations(destination, wanted);
  const dead = rows.filter(({ state }) => state === 'dead');
  const deadSeqs = new Set(dead.map(({ seq }) => seq));
  const open = new Set([...rows.filter(({ state }) => state === 'retrying').map(({ seq }) => seq), ...held]);
  const isLeft = (seq: number) => !deadSeqs.has(seq) && (open.has(seq) || seq > lane.window.cursor);
  const given = wanted.filter((seq) => !isLeft(seq));
  const uncertain = new Set(dead.filter((row) => row.class === 'uncertain').map(({ seq }) => seq));
  const mayHave = given.filter((seq) => !deadSeqs.has(seq) || uncertain.has(seq));
  const { forgotten, tooOld } = await limits(deps);
  return {
    selected: given.length,
    isEstimate: false,
    dead: deadSeqs.size,
    leftAlone: wanted.length - given.length,
    mayHave: mayHave.length,
    forgotten: mayHave.filter((seq) => seq <= forgotten).length,
    tooOld: given.filter((seq) => seq <= tooOld).length,
  };
}

async function countLetters(deps: PreviewDeps, filter: LetterFilter): Promise<Counts> {
  const { log, destination } = deps;
  const fixed = fixedFilter(filter, deps.now());
  const { count } = await log.replaying.countDead(destination, fixed);
  const isUncertain = fixed.class === undefined || fixed.class === 'uncertain';
  const uncertain = { ...fixed, class: 'uncertain' };
  const { forgotten, tooOld } = await limits(deps);
  return {
    selected: count,
    isEstimate: false,
    dead: count,
    leftAlone: 0,
    mayHave: isUncertain ? (await log.replaying.countDead(destination, uncertain)).count : 0,
    forgotten: isUncertain ? await lettersUpTo(deps, uncertain, forgotten) : 0,
    tooOld: await lettersUpTo(deps, fixed, tooOld),
  };
}

/** How many letters that fit lie at or below a seq. */
async function lettersUpTo({ log, destination }: PreviewDeps, filter: LetterFilter, last: number): Promise<number> {
  let count = 0;
  for (let from = 0; from < last; ) {
    const found = await log.replaying.searchDead({ destination, filter, order: 'oldest', from, limit: pageEvents });
    count += found.rows.filter(({ seq }) => seq <= last).length;
    if (found.isOver) break;
    from = found.through;
  }
  return count;
}

type Range = Extract<ReplaySelection, { readonly type: 'range' }>;

async function countStretch(deps: PreviewDeps, range: Range): Promise<Counts> {
  const { log, lane, destination } = deps;
  const after = range.fromSeq - 1;
  const through = Math.min(range.throughSeq, lane.window.cursor);
  const all = await log.replaying.countRange(destination, after, Math.max(after, through));
  const waiting = await log.replaying.countRange(destination, Math.max(after, through), Math.max(range.throughSeq, after));
  const { forgotten, tooOld } = await limits(deps);
  const upTo = async (seq: number) => {
    const last = Math.min(seq, through);
    return last <= after ? 0 : (await log.replaying.countRange(destination, after, last)).routed;
  };
  const { meant, isEstimate } = await countMeant(deps, { ...range, throughSeq: Math.max(0, through) }, all.routed);
  // Rows do not say from which source they came: where a part is meant, so is that part of them.
  const share = all.routed === 0 ? 1 : Math.min(1, meant / all.routed);
  const of = (count: number) => Math.round(count * share);
  const open = of(all.retrying + all.held);
  return {
    selected: Math.max(0, meant - open),
    isEstimate: isEstimate || (share < 1 && open > 0),
    dead: of(all.dead),
    leftAlone: open + waiting.routed,
    mayHave: Math.max(0, Math.min(meant, all.routed) - open - of(all.dead)),
    forgotten: of(await upTo(forgotten)),
    tooOld: of(await upTo(tooOld)),
  };
}

/** How many of a stretch are meant. Where names or sources choose, they are looked at; where they are too many, the first ones. */
async function countMeant(
  deps: PreviewDeps,
  range: Range,
  routed: number,
): Promise<{ readonly meant: number; readonly isEstimate: boolean }> {
  if (range.source === undefined && range.event === undefined && !range.includeFiltered) return { meant: routed, isEstimate: false };
  const candidates = createCandidates(deps, range, deps.now());
  const first = range.fromSeq - 1;
  let meant = 0;
  let at = first;
  while (at < range.throughSeq && at - first < mostLooked) {
    const page = await candidates.after(at, pageEvents);
    meant += page.seqs.length;
    if (page.isOver || page.through <= at) return { meant, isEstimate: false };
    at = page.through;
  }
  const looked = at - first;
  return looked === 0
    ? { meant: 0, isEstimate: false }
    : { meant: Math.round((meant * (range.throughSeq - first)) / looked), isEstimate: true };
}

/** Asks the lane's rules for the first events of the selection, as each send will. */
async function askToday(deps: PreviewDeps, selection: ReplaySelection): Promise<ReplayPreview['today']> {
  const { rules } = deps.lane;
  const candidates = createCandidates(deps, selection, deps.now());
  const seqs: number[] = [];
  for (let at = 0, isOver = false, pages = 0; !isOver && seqs.length < askedToday && pages < mostPages; pages++) {
    const page = await candidates.after(at, pageEvents);
    seqs.push(...page.seqs.slice(0, askedToday - seqs.length));
    isOver = page.isOver || page.through <= at;
    at = page.through;
  }
  const records = await deps.log.readSeqs(deps.destination, seqs);
  const fates = rules.isPlain ? [] : records.map((record) => rules.fateOf(record));
  const of = (...wanted: string[]) => fates.filter((fate) => wanted.includes(fate)).length;
  return { lookedAt: records.length, held: of('hold', 'divert'), dropped: of('drop'), suppressed: of('suppress') };
}
