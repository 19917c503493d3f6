/**
 * Everything held of one person, in pages. A page's `next` names where the next one begins: `log:<seq>`,
 * `quarantine:<id>`. Nothing is remembered between pages, so what changes meanwhile may show in one part and not in another.
 */
import type { OutputOf } from '#contract/operation.ts';
import type { PersonalItem, personExport } from '#contract/operations/erasure.ts';
import { ok, type Result } from '#contract/result.ts';
import type { EventLog } from '#gateway/log/event-log.ts';
import type { PeopleMatch } from '#gateway/log/person-match.ts';
import type { People } from '#gateway/people/people.ts';
import type { Quarantine } from '#gateway/quarantine/quarantine.ts';
import type { ErasureDocuments } from './erasure-documents.ts';

export interface ExportDeps {
  readonly log: Pick<EventLog, 'personalEvents' | 'obligations'>;
  destinations(): readonly string[];
  readonly quarantine: Pick<Quarantine, 'personal'>;
  readonly people: Pick<People, 'of'>;
  readonly documents: ErasureDocuments;
}

type Page = OutputOf<typeof personExport>;

const position = /^(log|quarantine):(\d{1,16})$/;

export async function exportPage(deps: ExportDeps, match: PeopleMatch, after: string | undefined): Promise<Result<Page>> {
  if (after === undefined)
    return ok({
      items: headOf(
        deps,
        match.people.map(({ person }) => person),
      ),
      next: 'log:0',
    });
  const [, part, at] = position.exec(after) ?? [];
  if (part === 'log') return ok(await logPage(deps, match, Number(at)));
  if (part === 'quarantine') return quarantinePage(deps, match, Number(at));
  throw new Error(`no page of an export begins at ${after}`);
}

function headOf({ people, documents }: ExportDeps, hashes: readonly string[]): PersonalItem[] {
  const known = hashes.map((person) => ({ person, ...people.of(person) }));
  const erasures = documents.all().filter(({ value }) => value.people.some((hash) => hashes.includes(hash)));
  return [
    {
      kind: 'person',
      people: [...hashes],
      consent: known.flatMap(({ person, choices }) =>
        [...choices].map(([category, { granted, at }]) => ({ person, category, granted, at })),
      ),
      suppressed: known.flatMap(({ person, suppressed }) =>
        suppressed === null ? [] : [{ person, kind: suppressed.kind, at: suppressed.at }],
      ),
    },
    ...erasures.map(({ id, value }): PersonalItem => ({ kind: 'erasure', id, value })),
  ];
}

async function logPage({ log, destinations }: ExportDeps, match: PeopleMatch, afterSeq: number): Promise<Page> {
  const { events, through, isOver } = await log.personalEvents(match, afterSeq);
  const seqs = events.map(({ seq }) => seq);
  const owed = await Promise.all(
    destinations().map(async (destination) => ({ destination, ...(await log.obligations(destination, seqs)) })),
  );
  const items = events.map(({ seq, source, receivedAt, json }): PersonalItem => {
    const places = owed.flatMap(({ destination, rows, held }) => [
      ...rows.filter((row) => row.seq === seq).map(({ state }) => ({ destination, state })),
      ...held.filter((one) => one === seq).map(() => ({ destination, state: 'held' })),
    ]);
    return { kind: 'event', seq, source, receivedAt, event: objectIn(json), destinations: places };
  });
  return { items, next: isOver ? 'quarantine:0' : `log:${through}` };
}

async function quarantinePage({ quarantine }: ExportDeps, match: PeopleMatch, afterId: number): Promise<Result<Page>> {
  const slice = await quarantine.personal(match, afterId);
  if (!slice.ok) return slice;
  const { held, through, isOver } = slice.value;
  const items = held.map(
    ({ source, receivedAt, plan, body }): PersonalItem => ({ kind: 'quarantined', source, receivedAt, plan, event: objectIn(body) }),
  );
  return ok({ items, next: isOver ? null : `quarantine:${through}` });
}

function objectIn(json: string): Record<string, unknown> {
  const value: unknown = JSON.parse(json);
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
