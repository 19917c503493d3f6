/** Handlers of the operations that look at log, ledger and telemetry. */
import { appError } from '#contract/errors.ts';
import type { OutputOf, ParsedInputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { Delivery } from '#gateway/delivery/delivery.ts';
import type { EventLog, FoundEvent, LedgerView } from '#gateway/log/event-log.ts';

type Output<N extends keyof Operations> = Promise<Result<OutputOf<Operations[N]>>>;
type Input<N extends keyof Operations> = ParsedInputOf<Operations[N]>;

export interface SourceTotals {
  readonly source: string;
  readonly received: number;
  readonly accepted: number;
  readonly duplicate: number;
  readonly malformed: number;
  readonly quarantined: number;
  readonly throttled: number;
  readonly refused: number;
}

export interface WatchingDeps {
  readonly log: EventLog;
  readonly delivery: Delivery;
  sourceTotals(): readonly SourceTotals[];
}

type LedgerOutput = OutputOf<Operations['ledger.read']>['ledgers'][number];

function ledgerOf(view: LedgerView): LedgerOutput {
  const { destination, total, replayed, divertedIn, cursor, head, filtered, waiting, held, retrying, dead, terminal, violations } = view;
  const states = { filtered, waiting, held, retrying, dead, ...terminal };
  return { destination, total, replayed, divertedIn, states, cursor, head, balanced: violations.length === 0, violations: [...violations] };
}

function isBalanced(totals: SourceTotals): boolean {
  return totals.received === totals.accepted + totals.duplicate + totals.malformed + totals.quarantined + totals.throttled + totals.refused;
}

type Place = OutputOf<Operations['event.where']>['events'][number]['destinations'][number];

const settledDetail = 'settled: delivered, dropped or expired before the cursor; the ledger counts which';

function placesOf(found: FoundEvent, delivery: Delivery): Place[] {
  return found.places.map(({ destination, state, row }) => {
    const lane = delivery.lanes.get(destination);
    const isFlying = lane?.flying().some((flight) => flight.entries.some((entry) => entry.record.seq === found.record.seq)) ?? false;
    const detail = row?.detail ?? (state === 'settled' ? settledDetail : state === 'waiting' && lane?.rules.parked ? lane.rules.parked.why : '');
    return {
      destination,
      state: isFlying && state === 'waiting' ? 'in-flight' : state,
      detail,
      attempt: row?.attempt ?? null,
      nextAttemptAt: row?.state === 'retrying' ? row.dueAt : null,
      dedupeKey: lane?.spec.connector.dedupeKey(found.record.event) ?? null,
    };
  });
}

export function createWatchingHandlers(deps: WatchingDeps) {
  const { log, delivery } = deps;
  return {
    'ledger.read': async (input: Input<'ledger.read'>): Output<'ledger.read'> => {
      if (input.destination !== undefined && !delivery.ordinals.has(input.destination)) return err(appError('DOCUMENT_NOT_FOUND', { destination: input.destination }));
      const ids = input.destination === undefined ? [...delivery.ordinals.keys()] : [input.destination];
      const ledgers = await Promise.all(ids.map(async (id) => ledgerOf(await log.ledger(id))));
      return ok({ ledgers, sources: deps.sourceTotals().map((totals) => ({ ...totals, balanced: isBalanced(totals) })) });
    },
    'event.where': async (input: Input<'event.where'>): Output<'event.where'> => {
      const found = await log.find(input.messageId, input.source);
      if (found.length === 0) return err(appError('EVENT_NOT_FOUND', { messageId: input.messageId }));
      const events = found.map((each) => {
        const { seq, source, messageId, receivedAt, bytes, event } = each.record;
        return { seq, source, messageId, type: event.type, name: event.name, receivedAt, bytes, destinations: placesOf(each, delivery) };
      });
      return ok({ events });
    },
    'deadLetter.list': async (input: Input<'deadLetter.list'>): Output<'deadLetter.list'> => {
      if (!delivery.ordinals.has(input.destination)) return err(appError('DOCUMENT_NOT_FOUND', { destination: input.destination }));
      const { total, rows } = await log.deadLetters(input.destination, input.afterSeq, input.limit);
      const items = rows.map(({ row, record }) => ({
        seq: row.seq,
        gen: row.gen,
        at: row.dueAt,
        attempts: row.attempt,
        class: row.class,
        detail: row.detail,
        messageId: record?.messageId ?? '',
        type: record?.event.type ?? '',
        name: record?.event.name ?? '',
      }));
      return ok({ total, items });
    },
  };
}
