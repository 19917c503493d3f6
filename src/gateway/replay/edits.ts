/**
 * Edited dead letters: a new event in place of one that its destination refused.
 *
 *   dead ──claim (synced)──▶ claimed ──append the copy, release──▶ dropped, the copy waits in the log
 *    ▲                         │
 *    └──── the copy could not be appended, or never was ────┘
 *
 * The copy has its own message id, hence its own dedupe key, and goes to this destination alone. A process that dies in
 * between leaves a claim. Once the lane is open again it is looked whether the log has the copy: if so, the original
 * ends as dropped, if not it is a dead letter again. So no crash loses the event or sends both.
 */
import { randomUUID } from 'node:crypto';
import { appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { Lane } from '#gateway/delivery/lane.ts';
import { accept } from '#gateway/ingest/accept.ts';
import type { IngestSource } from '#gateway/ingest/source-index.ts';
import type { AppendRequest, EventLog, LogRecord } from '#gateway/log/event-log.ts';
import { StaleEpoch } from '#gateway/log/settle-refused.ts';
import type { Meter } from '#gateway/telemetry/meter.ts';
import { type Editable, postedJson } from './edit-event.ts';

export interface EditDeps {
  readonly log: EventLog;
  readonly meter: Pick<Meter, 'ingest'>;
  /** Of an event's source, with the rules in force for it; also where the source is gone. */
  source(id: string): IngestSource;
  ordinalOf(destination: string): number;
}

export interface Edits {
  /** The id of the copy. DEAD_LETTER_NOT_FOUND; EDIT_INVALID where ingest would not take it; what the log answers. */
  replace(lane: Lane, record: LogRecord, edited: Editable, reason: string): Promise<Result<string>>;
  /** Settles what a former process left half done at a lane. */
  recover(lane: Lane): Promise<void>;
}

export function createEdits(deps: EditDeps): Edits {
  const { log, meter } = deps;
  /** Copies that this process is about to append. */
  const underWay = new Set<string>();

  async function replace(lane: Lane, record: LogRecord, edited: Editable, reason: string): Promise<Result<string>> {
    const child = `edit-${randomUUID()}`;
    const request = requestOf(deps, lane.spec.id, record, edited, child, reason);
    if (!request.ok) return request;
    const { id } = lane.spec;
    if (!(await log.replaying.beginEdit(id, lane.epoch, record.seq, child)))
      return err(appError('DEAD_LETTER_NOT_FOUND', { destination: id, seq: record.seq }));
    const appended = await log.append(request.value);
    await end(lane, child, appended.ok).catch(leaveToRecovery);
    if (!appended.ok) return appended;
    meter.ingest(record.source, { accepted: 1 }, 0);
    return ok(child);
  }

  async function end(lane: Lane, child: string, isAppended: boolean): Promise<void> {
    const isEnded = await log.replaying.endEdit(lane.spec.id, lane.epoch, child, isAppended);
    if (isEnded && isAppended) lane.rowsChanged({ retrying: 0, dead: -1 });
  }

  return {
    async replace(lane, record, edited, reason) {
      const key = `${lane.spec.id}/${record.seq}`;
      if (underWay.has(key)) return err(appError('DEAD_LETTER_NOT_FOUND', { destination: lane.spec.id, seq: record.seq }));
      underWay.add(key);
      try {
        return await replace(lane, record, edited, reason);
      } finally {
        underWay.delete(key);
      }
    },
    async recover(lane) {
      const { id } = lane.spec;
      for (const { seq, child } of await log.replaying.openEdits(id))
        if (!underWay.has(`${id}/${seq}`)) await end(lane, child, (await log.find(child)).length > 0);
    },
  };
}

/** The lane was opened anew meanwhile: its new owner finds the claim. */
function leaveToRecovery(error: unknown): void {
  if (!(error instanceof StaleEpoch)) throw error;
}

/** The copy as ingest would store it: its source's redaction and tracking plan hold for it again. */
function requestOf(
  deps: EditDeps,
  destination: string,
  record: LogRecord,
  edited: Editable,
  child: string,
  reason: string,
): Result<AppendRequest> {
  const json = postedJson(record.event, edited, child);
  const { request, rejected, quarantined } = accept(Buffer.from(JSON.stringify(json)), json, record.event.type, {
    source: deps.source(record.source),
    receivedAt: deps.log.now(),
    trace: record.event.provenance?.trace ?? null,
    edited: { parentId: record.messageId, editReason: reason },
    route: () => deps.log.route([deps.ordinalOf(destination)]),
    newMessageId: () => child,
  });
  if (request !== null) return ok(request);
  const [held] = quarantined;
  if (held) return err(appError('EDIT_INVALID', { why: 'it breaks its tracking plan', violations: held.violations }));
  return err(appError('EDIT_INVALID', { why: rejected[0]?.error.message ?? 'it is not acceptable', ...rejected[0]?.error.details }));
}
