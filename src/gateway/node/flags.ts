import { join } from 'node:path';
import { staleness } from '#contract/documents/flag-stale.ts';
import { ok } from '#contract/result.ts';
import type { HandlersOf } from '#gateway/control/commands/context.ts';
import type { DocumentStore } from '#gateway/control/document-store.ts';
import { createFlagCompiler, type FlagSet } from '#gateway/flags/flag-set.ts';
import { createFlagUsage } from '#gateway/flags/flag-usage.ts';
import type { Closing } from './closing.ts';

export interface NodeFlags {
  /** The flags in force. */
  current(): FlagSet;
  /** Calls back after each change, once it is in force. Returns the unsubscriber. */
  watch(changed: () => void): () => void;
  readonly handlers: HandlersOf<'flag.usage'>;
}

const flushEveryMs = 300_000;

/** Keeps the flag set true to the documents: in force in the turn in which a change is committed. */
export function followFlags(store: DocumentStore, dataFolder: string, closing: Closing): NodeFlags {
  const usage = createFlagUsage(join(dataFolder, 'flag-usage.json'), Date.now);
  const flushing = setInterval(usage.flush, flushEveryMs);
  closing.add(() => {
    clearInterval(flushing);
    usage.flush();
  });
  const compile = createFlagCompiler(usage.note);
  const listeners = new Set<() => void>();
  let flags = compile(store.list('flag'));
  closing.add(
    store.watch((documents) => {
      if (!documents.some(({ kind }) => kind === 'flag')) return;
      flags = compile(store.list('flag'));
      for (const listener of listeners) listener();
    }),
  );
  return {
    current: () => flags,
    watch(changed) {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    handlers: {
      'flag.usage'() {
        const now = Date.now();
        const { since } = usage;
        const flags = store.list('flag').flatMap(({ id, at, value }) => {
          if (value === null) return [];
          const evaluatedAt = usage.evaluatedAt(id);
          return [{ id, evaluatedAt, stale: [...staleness(value, { changedAt: at, evaluatedAt, watchedSince: since }, now)] }];
        });
        return ok({ since, flags });
      },
    },
  };
}
