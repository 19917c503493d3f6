import { type DocumentKind, documentKinds } from '#contract/documents/document.ts';
import type { Topics } from '#contract/operations/topics.ts';
import type { Feeds } from '#contract/service.ts';
import type { DocumentStore } from '#gateway/control/document-store.ts';
import { publicDocument } from '#gateway/control/store/public-document.ts';

const kinds = Object.keys(documentKinds) as readonly DocumentKind[];
/** Audit entries sent again at most after a reconnect. */
const auditCatchUp = 1000;

/** The lossless topics of the document store: documents and audit. */
export function createDocumentFeeds(store: DocumentStore): Pick<Feeds<Topics>, 'document.changed' | 'audit.appended'> {
  const auditHead = () => store.audit(null, 1)[0]?.seq ?? 0;
  return {
    // A resumed subscriber gets every current document again, and what is gone: revisions tell it what is new.
    'document.changed': ({ kind }, sink, afterSeq) => {
      const wanted = kind === undefined ? kinds : [kind];
      const gone = afterSeq === null ? [] : wanted.flatMap((each) => store.deleted(each));
      sink.push([...wanted.flatMap((each) => store.list(each)), ...gone].map(publicDocument), auditHead());
      return store.watch((documents, entry) => {
        const changed = documents.filter((document) => kind === undefined || document.kind === kind).map(publicDocument);
        if (changed.length > 0) sink.push(changed, entry.seq);
      });
    },
    'audit.appended': (_, sink, afterSeq) => {
      // A seq above the head was given in another incarnation.
      if (afterSeq !== null && afterSeq <= auditHead()) {
        const missed = store
          .audit(null, auditCatchUp)
          .filter((entry) => entry.seq > afterSeq)
          .toReversed();
        if (missed.length > 0) sink.push(missed, missed.at(-1)?.seq);
      }
      return store.watch((_documents, entry) => sink.push([entry], entry.seq));
    },
  };
}
