import { type DocumentKind, documentKinds } from '#contract/documents/document.ts';
import type { Topics } from '#contract/operations/topics.ts';
import type { Feeds } from '#contract/service.ts';
import type { DocumentStore } from '#gateway/control/document-store.ts';
import { publicDocument } from '#gateway/control/store/public-document.ts';
import type { Telemetry } from '#gateway/telemetry/telemetry.ts';

const kinds = Object.keys(documentKinds) as readonly DocumentKind[];
/** Audit entries sent again at most after a reconnect. */
const auditCatchUp = 1000;

/** The topics of a gateway: ticks, documents, audit. */
export function createFeeds(store: DocumentStore, telemetry: Telemetry): Feeds<Topics> {
  const auditHead = () => store.audit(null, 1)[0]?.seq ?? 0;
  return {
    'telemetry.tick': (_, sink) => {
      const latest = telemetry.latest();
      if (latest) sink.push([latest]);
      return telemetry.subscribe((__, json) => sink.pushJson(`[${json}]`));
    },
    // A resumed subscriber gets every current document again: revisions tell it what is new.
    'document.changed': ({ kind }, sink) => {
      const wanted = kind === undefined ? kinds : [kind];
      sink.push(
        wanted.flatMap((each) => store.list(each).map(publicDocument)),
        auditHead(),
      );
      return store.watch((documents, entry) => {
        const changed = documents.filter((document) => kind === undefined || document.kind === kind).map(publicDocument);
        if (changed.length > 0) sink.push(changed, entry.seq);
      });
    },
    'audit.appended': (_, sink, afterSeq) => {
      if (afterSeq !== null) {
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
