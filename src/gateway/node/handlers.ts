/** Handlers of the operations that need lanes, log or telemetry; documents and credentials have theirs in control. */
import { join } from 'node:path';
import type { Settings } from '#contract/documents/settings.ts';
import type { CertificateFacts } from '#contract/documents/transport.ts';
import { appError } from '#contract/errors.ts';
import type { OutputOf, ParsedInputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { CallContext } from '#contract/service.ts';
import type { Delivery } from '#gateway/delivery/delivery.ts';
import type { Switchboard } from '#gateway/delivery/switchboard.ts';
import type { EventLog, LedgerView } from '#gateway/log/event-log.ts';
import type { SourceTotals } from '#gateway/telemetry/source-totals.ts';
import type { Telemetry } from '#gateway/telemetry/telemetry.ts';
import type { LedgerWatch } from './ledger-watch.ts';

type Output<N extends keyof Operations> = Promise<Result<OutputOf<Operations[N]>>>;
type Input<N extends keyof Operations> = ParsedInputOf<Operations[N]>;

/** What stays the same, or is filled in once, while a node runs. */
export interface NodeFacts {
  readonly node: string;
  /** Epoch ms. */
  readonly startedAt: number;
  readonly dataFolder: string;
  readonly ingestUrl: string;
  /** Of the port for events; empty where it speaks no TLS. */
  ingestCertificates(now: number): readonly CertificateFacts[];
  controlUrl: string;
}

export interface NodeHandlerDeps {
  readonly log: EventLog;
  readonly delivery: Delivery;
  readonly switchboard: Switchboard;
  readonly telemetry: Telemetry;
  settings(): Settings;
  readonly ledgerWatch: LedgerWatch;
  readonly facts: NodeFacts;
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

export const gatewayVersion = '0.1.0';

export function createNodeHandlers(deps: NodeHandlerDeps) {
  const { log, telemetry, switchboard } = deps;
  const readiness = () => {
    const refusal = log.refusal();
    return { ready: refusal === null, reasons: refusal ? [refusal.message] : [] };
  };
  const handlers = {
    ...watching(deps),
    'switch.set': (input: Input<'switch.set'>, context: CallContext): Output<'switch.set'> =>
      switchboard.set(input, context.by, context.commandId),
    'switch.proof': async ({ id }: Input<'switch.proof'>): Output<'switch.proof'> => switchboard.proof(id),
    'telemetry.history': async ({ subject, fromMs, toMs, maxPoints }: Input<'telemetry.history'>): Output<'telemetry.history'> =>
      ok(await telemetry.history(subject, fromMs, toMs, maxPoints)),
    'system.status': async (): Output<'system.status'> => ok(statusOf(deps, readiness())),
  };
  return { handlers, readiness };
}

function statusOf(
  { log, telemetry, settings, ledgerWatch, facts }: NodeHandlerDeps,
  { ready, reasons }: { ready: boolean; reasons: string[] },
): OutputOf<Operations['system.status']> {
  const { ingestCertificates, ...known } = facts;
  const certificates = ingestCertificates(Date.now());
  return {
    version: gatewayVersion,
    ...known,
    ...(certificates.length === 0 ? {} : { ingestCertificates: [...certificates] }),
    environment: settings().environment,
    holdFile: join(facts.dataFolder, 'hold'),
    incarnation: log.incarnation,
    durability: log.durability,
    ready,
    notReady: reasons,
    unbalanced: [...ledgerWatch.violations()].map(([destination, violations]) => ({ destination, violations: [...violations] })),
    dedupeWindowMs: telemetry.logStats()?.dedupeWindowMs ?? 0,
  };
}

function watching({ log, delivery, telemetry }: NodeHandlerDeps) {
  return {
    'ledger.read': async (input: Input<'ledger.read'>): Output<'ledger.read'> => {
      if (input.destination !== undefined && !delivery.ordinals.has(input.destination))
        return err(appError('DOCUMENT_NOT_FOUND', { destination: input.destination }));
      const ids = input.destination === undefined ? [...delivery.ordinals.keys()] : [input.destination];
      const ledgers = await Promise.all(ids.map(async (id) => ledgerOf(await log.ledger(id))));
      return ok({
        incarnation: log.incarnation,
        ledgers,
        sources: telemetry.sourceTotals().map((totals) => ({ ...totals, balanced: isBalanced(totals) })),
      });
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
