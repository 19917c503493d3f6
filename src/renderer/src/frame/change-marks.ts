/**
 * Changes as marks on charts. A kind of document gets its marks by a line in `concerns`: which of its changes have to
 * do with a destination. The gateway's own charts show all of these kinds. What is said comes from `changeWords`; a
 * view that knows more of a kind (a rollout's steps, say) adds marks of its own beside these and leaves the kind out here.
 */
import { useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import { type DocumentKind, documentKindSchema } from '#contract/documents/document.ts';
import type { DocumentChange } from '#contract/operations/changes.ts';
import { documentStore } from '#renderer/client/documents.ts';
import { useQuery } from '#renderer/client/use-query.ts';
import type { ChartMark } from '#renderer/ui/charts/chart-model.ts';
import type { AuditContext } from './audit-words.ts';
import { changeWords, fieldNow } from './change-words.ts';
import { useAuditContext } from './use-audit-context.ts';

export type MarkSubject = { readonly type: 'gateway' } | { readonly type: 'destination'; readonly id: string };

/** own: about this destination alone. shared: about all, or about what they share; drawn fainter. no: another's. */
type Concern = 'own' | 'shared' | 'no';

const shared = (): Concern => 'shared';
const sameId = (change: DocumentChange, id: string): Concern => (change.id === id ? 'own' : 'no');

const concerns: Partial<Readonly<Record<DocumentKind, (change: DocumentChange, id: string) => Concern>>> = {
  destination: sameId,
  credential: sameId,
  consent: sameId,
  failover: sameId,
  switch: (change, id) => (change.id === `destination:${id}` ? 'own' : change.id.startsWith('destination:') ? 'no' : 'shared'),
  replay: (change, id) => (change.isNew && fieldNow(change, 'destination') === id ? 'own' : 'no'),
  source: shared,
  settings: shared,
  plan: shared,
  redaction: shared,
  flag: shared,
};
const kinds = documentKindSchema.options.filter((kind) => concerns[kind] !== undefined);

/** Pure: one change as a mark of a subject's charts; null where it does not concern it. */
export function markOf(change: DocumentChange, subject: MarkSubject, context: Pick<AuditContext, 'destinationName'>): ChartMark | null {
  const concern = subject.type === 'gateway' ? 'shared' : (concerns[change.kind]?.(change, subject.id) ?? 'no');
  if (concern === 'no') return null;
  const why = change.reason === '' ? '' : `: ${change.reason}`;
  return {
    id: `change ${change.position}`,
    at: change.at,
    text: `${change.by} ${changeWords(change, context)}${why}`,
    isFaint: concern === 'shared',
  };
}

/** The changes of the last `spanMs` that concern a chart's subject, and those made since. */
export function useChangeMarks(subject: MarkSubject, spanMs: number): readonly ChartMark[] {
  // Asked from when the view was opened: what leaves the span is not drawn anyway.
  const fromMs = useMemo(() => Date.now() - spanMs, [spanMs]);
  const { data, reload } = useQuery('document.changes', { kinds, fromMs, limit: 200 });
  const newest = useStore(documentStore, ({ recent }) => {
    const last = recent.find(({ kind }) => concerns[kind] !== undefined);
    return last === undefined ? '' : `${last.kind}/${last.id}@${last.revision}`;
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a newer change is what there is to ask for
  useEffect(reload, [newest, reload]);
  const { destinationName } = useAuditContext();
  const id = subject.type === 'destination' ? subject.id : null;
  return useMemo(() => {
    const of: MarkSubject = id === null ? { type: 'gateway' } : { type: 'destination', id };
    return (data?.changes ?? []).map((change) => markOf(change, of, { destinationName })).filter((mark) => mark !== null);
  }, [data, id, destinationName]);
}
