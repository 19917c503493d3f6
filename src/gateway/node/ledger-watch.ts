/**
 * Proves the ledger while the gateway runs: every second the next destination is recounted and its
 * invariants checked. An imbalance is a bug of ours, so it is loud: log, audit, status, metric.
 */
import type { DocumentStore } from '#gateway/control/document-store.ts';
import type { EventLog } from '#gateway/log/event-log.ts';
import type { Logger } from './logger.ts';

export interface LedgerWatch {
  /** Destinations whose last check failed, with what was broken. */
  violations(): ReadonlyMap<string, readonly string[]>;
  /** Destinations checked so far. */
  readonly checks: number;
  close(): void;
}

export interface LedgerWatchDeps {
  readonly log: Pick<EventLog, 'ledger'>;
  readonly store: Pick<DocumentStore, 'note'>;
  readonly logger: Logger;
  destinations(): readonly string[];
}

const everyMs = 1000;

export function watchLedger({ log, store, logger, destinations }: LedgerWatchDeps): LedgerWatch {
  const broken = new Map<string, readonly string[]>();
  let next = 0;
  let checks = 0;
  let isChecking = false;

  function report(destination: string, violations: readonly string[]): void {
    const isNew = !broken.has(destination);
    broken.set(destination, violations);
    if (!isNew) return;
    logger.error({ destination, violations }, 'the ledger does not balance');
    store.note(
      { by: 'system', action: 'ledger.unbalanced', target: destination, reason: violations.join('; ').slice(0, 500), commandId: null },
      'bug',
    );
  }

  async function checkNext(): Promise<void> {
    const ids = destinations();
    for (const id of broken.keys()) if (!ids.includes(id)) broken.delete(id);
    const id = ids[next++ % Math.max(1, ids.length)];
    if (id === undefined) return;
    const { violations } = await log.ledger(id);
    checks++;
    if (violations.length > 0) report(id, violations);
    else broken.delete(id);
  }

  const timer = setInterval(() => {
    if (isChecking) return;
    isChecking = true;
    checkNext()
      .catch((error) => logger.error({ err: error }, 'checking the ledger failed'))
      .finally(() => {
        isChecking = false;
      });
  }, everyMs);
  return {
    violations: () => broken,
    get checks() {
      return checks;
    },
    close: () => clearInterval(timer),
  };
}
