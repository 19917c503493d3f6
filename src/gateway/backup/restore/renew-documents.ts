/** Puts restored documents into their new incarnation: newer switches and erasures of the old disk, every lane parked, the fork audited. */
import { type Document, type DocumentKind, documentKinds } from '#contract/documents/document.ts';
import { type Switch, scopeId } from '#contract/documents/switch.ts';
import { ok, type Result } from '#contract/result.ts';
import type { Change, DocumentStore, Incarnation } from '#gateway/control/document-store.ts';
import type { Manifest } from '../manifest.ts';

export interface TakenOver {
  readonly kind: DocumentKind;
  readonly id: string;
  readonly by: string;
  /** Epoch ms. */
  readonly at: number;
  /** Of a switch. */
  readonly mode: string | null;
}

/** Kinds whose newest word is taken from the old disk: what was stopped stays stopped, who was to be forgotten stays forgotten. */
const kindsTakenOver: readonly DocumentKind[] = ['switch', 'erasure'];
const otherKinds = (Object.keys(documentKinds) as DocumentKind[]).filter((kind) => !kindsTakenOver.includes(kind));

/** Documents that changed on the old disk after the backup, of the kinds given. */
function newerOn(old: DocumentStore, restored: DocumentStore, kinds: readonly DocumentKind[]): readonly Document[] {
  return kinds.flatMap((kind) =>
    old.list(kind).filter((document) => {
      const known = restored.get(kind, document.id);
      return known === null || document.revision > known.revision;
    }),
  );
}

function deletedOn(old: DocumentStore, restored: DocumentStore, kinds: readonly DocumentKind[]): readonly Document[] {
  return kinds.flatMap((kind) =>
    restored.list(kind).flatMap(({ id, revision }): Document[] => {
      const newer = old.get(kind, id);
      return newer !== null && newer.value === null && newer.revision > revision ? [newer] : [];
    }),
  );
}

const taken = ({ kind, id, by, at, value }: Document): TakenOver => ({
  kind,
  id,
  by,
  at,
  mode: value !== null && 'mode' in value && typeof value.mode === 'string' ? value.mode : null,
});

export interface NewerDocuments {
  readonly taken: readonly TakenOver[];
  /** Newer there, but what a restore is meant to take back. */
  readonly left: readonly TakenOver[];
}

/** What the old disk has that is newer. Empty where it belongs to another gateway. */
export function compareDocuments(old: DocumentStore | null, restored: DocumentStore): NewerDocuments {
  if (old === null || old.lineage()[0].id !== restored.lineage()[0].id) return { taken: [], left: [] };
  const left = [...newerOn(old, restored, otherKinds), ...deletedOn(old, restored, otherKinds)];
  return { taken: newerOn(old, restored, kindsTakenOver).map(taken), left: left.map(taken) };
}

/** Seqs above the head are of events that the new incarnation does not have: they will be given to others. */
function inThisHistory(value: Switch, head: number): Switch {
  const { opening } = value;
  return {
    ...value,
    fromSeq: Math.min(value.fromSeq, head),
    opening: opening && { ...opening, throughSeq: Math.min(opening.throughSeq, head) },
  };
}

const isSwitch = (document: Document): document is Document<'switch'> => document.kind === 'switch';

function parkOf(destination: string): Switch {
  return { scope: { type: 'destination', destination }, mode: 'park', until: null, fromSeq: 0, opening: null };
}

/** Writes it all in one commit, and the fork itself. Errors: those of a commit. */
export function renewDocuments(
  store: DocumentStore,
  old: DocumentStore | null,
  incarnation: Incarnation,
  manifest: Manifest,
): Result<NewerDocuments> {
  const newer = compareDocuments(old, store);
  const { head } = manifest;
  const changes = new Map<string, Change>();
  const remarks: string[] = [];
  for (const { kind, id } of newer.taken) {
    const document = old?.get(kind, id);
    if (!document?.value) continue;
    const value = isSwitch(document) && document.value ? inThisHistory(document.value, head) : document.value;
    changes.set(`${kind}/${id}`, { kind, id, value });
  }
  for (const { id } of store.list('destination')) {
    const park = parkOf(id);
    const key = `switch/${scopeId(park.scope)}`;
    const before = changes.get(key)?.value ?? store.get('switch', scopeId(park.scope))?.value ?? null;
    // What somebody stopped for good must not look like one of ours when it is opened.
    if (before !== null && 'mode' in before && before.mode !== 'flow') remarks.push(`${id} was at ${before.mode}`);
    changes.set(key, { kind: 'switch', id: scopeId(park.scope), value: park });
  }
  const reason = [`restored from backup ${manifest.id}: look at the duplicates to expect before you open`, ...remarks].join('; ');
  const written = store.commit([...changes.values()], {
    by: 'restore',
    action: 'backup.restored',
    target: `incarnation ${incarnation.id}`,
    reason: `${reason} (forks incarnation ${manifest.incarnation} at event ${head}, audit entry ${incarnation.auditSeq})`.slice(0, 1000),
    commandId: null,
    at: incarnation.at,
  });
  if (!written.ok) return written;
  store.fork(incarnation);
  return ok(newer);
}
