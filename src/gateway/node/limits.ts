/** Ingest limits in a node: kept in line with sources and settings, told to the audit, and read. */
import { join } from 'node:path';
import type { Settings } from '#contract/documents/settings.ts';
import { appError } from '#contract/errors.ts';
import type { OutputOf, ParsedInputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { DocumentStore } from '#gateway/control/document-store.ts';
import { LimitBook } from '#gateway/ingest/limits/limit-book.ts';
import { readSources } from '#gateway/ingest/limits/read-sources.ts';
import type { EventLog } from '#gateway/log/event-log.ts';
import { exposition, type Family, label } from '#gateway/telemetry/exposition.ts';
import type { Telemetry } from '#gateway/telemetry/telemetry.ts';
import type { Closing } from './closing.ts';

export interface NodeLimitsDeps {
  readonly store: DocumentStore;
  readonly log: Pick<EventLog, 'now'>;
  readonly dataFolder: string;
  settings(): Settings;
}

const monotonic = () => performance.now();

/** Runs until closed: looks at the rates once a second. */
export function openLimits({ store, log, dataFolder, settings }: NodeLimitsDeps, closing: Closing): LimitBook {
  const book = new LimitBook({
    clocks: { monotonic, now: () => log.now() },
    file: join(dataFolder, 'ingest-usage.json'),
    settings: () => settings().ingest,
    sources: () => store.list('source'),
    tell: (action, source, why) => {
      const target = source === '' ? 'ingest' : `source/${source}`;
      store.note({ by: 'system', action, target, reason: why, commandId: null, at: log.now() }, 'ok');
    },
  });
  closing.add(() => book.close());
  closing.add(
    store.watch((documents) => {
      if (documents.some(({ kind }) => kind === 'source' || kind === 'settings')) book.refresh();
    }),
  );
  const timer = setInterval(() => book.everySecond(), 1000);
  closing.add(() => clearInterval(timer));
  return book;
}

export interface SourceHandlerDeps extends NodeLimitsDeps {
  readonly limits: LimitBook;
  readonly telemetry: Pick<Telemetry, 'lateness'>;
}

export function createSourceHandlers({ limits, telemetry, store, settings, log }: SourceHandlerDeps) {
  const source = (id: string) => store.get('source', id)?.value ?? null;
  return {
    async 'source.read'(input: ParsedInputOf<Operations['source.read']>): Promise<Result<OutputOf<Operations['source.read']>>> {
      if (input.source !== undefined && source(input.source) === null) return err(appError('DOCUMENT_NOT_FOUND', { source: input.source }));
      const plans = () => new Set(Object.keys(settings().ingest.plans));
      const clocks = { monotonic, now: () => log.now() };
      return ok(readSources({ book: limits, clocks, plans, source, lateness: telemetry.lateness }, input.source));
    },
  };
}

/** Counts of each write key since the start, for Prometheus. As many series as there are keys in the documents. */
export function keyMetrics({ accounts }: LimitBook): string {
  const keys = [...accounts.sources.keys()].flatMap((source) => accounts.keysOf(source));
  const family = (name: string, help: string, value: (key: (typeof keys)[number]) => number): Family => ({
    name,
    help,
    type: 'counter',
    samples: keys.map((key) => ({ labels: `${label('source', key.source.id)},${label('key', key.label)}`, value: value(key) })),
  });
  return exposition([
    family('sluice_ingest_key_events_total', 'Events that came with a write key, whatever became of them.', ({ events }) => events),
    family('sluice_ingest_key_throttled_total', 'Events of a write key that were held back.', ({ throttled }) => throttled),
    family('sluice_ingest_key_bytes_total', 'Bytes of request bodies that came with a write key.', ({ bytes }) => bytes),
  ]);
}
