import type { Topics } from '#contract/operations/topics.ts';
import type { Feeds } from '#contract/service.ts';
import type { DocumentStore } from '#gateway/control/document-store.ts';
import type { Telemetry } from '#gateway/telemetry/telemetry.ts';
import type { NodeBackups } from './backing-up.ts';
import { createDocumentFeeds } from './document-feeds.ts';
import type { NodeReplays } from './replays.ts';
import type { NodeVerdicts } from './verdicts.ts';

/** The topics of a gateway: ticks, documents, audit, verdicts, backups. */
export function createFeeds(
  store: DocumentStore,
  telemetry: Telemetry,
  verdicts: Pick<NodeVerdicts, 'feed'>,
  backups: Pick<NodeBackups, 'feed'>,
  replays: Pick<NodeReplays, 'feed'>,
): Feeds<Topics> {
  return {
    ...createDocumentFeeds(store),
    'verdict.changed': verdicts.feed,
    'backup.progress': backups.feed,
    'replay.progress': replays.feed,
    'telemetry.tick': (_, sink) => {
      sink.push([telemetry.latest()]);
      return telemetry.subscribe((__, json) => sink.pushJson(`[${json}]`));
    },
  };
}
