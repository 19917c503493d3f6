/** Pure: what an audit entry says to a person. The entry itself keeps the exact names. */
import type { SwitchMode } from '#contract/documents/switch.ts';
import { appError, errorCodes } from '#contract/errors.ts';
import type { AuditEntry } from '#contract/operations/system.ts';

/** What the words need to know beside the entry. */
export interface AuditContext {
  /** Name of a destination, or its id where it has none. */
  readonly destinationName: (id: string) => string;
  /** Mode that a revision of a switch set; null where it is not known here. */
  readonly switchMode: (id: string, revision: number) => SwitchMode | null;
}

export interface AuditWords {
  /** `parked`, `added the destination`; follows who did it. */
  readonly verb: string;
  /** What it was done to; empty where the verb says all. */
  readonly object: string;
  /** Why it did not happen, in the words of the catalogue; null where it did. */
  readonly refusal: string | null;
  /** What came of it where that is not plain from the verb: a check's verdict. Empty otherwise. */
  readonly note: string;
}

const switchVerbs: Readonly<Record<SwitchMode, string>> = {
  park: 'parked',
  drop: 'set to drop',
  divert: 'diverted',
  sample: 'set to a sample',
  flow: 'opened',
};

const verbs: Readonly<Record<string, string>> = {
  'switch.set': 'set the switch of',
  'switch.proved': 'proved the switch of',
  'document.revert': 'took back a change to',
  'audit.note': 'gave a reason for',
  'source.put': 'set up the source',
  'source.remove': 'removed the source',
  'destination.put': 'set up',
  'destination.remove': 'removed',
  'destination.claim': 'changed who looks after',
  'settings.put': 'changed the gateway settings',
  'credential.bind': 'gave a credential to',
  'credential.remove': 'took the credential of',
  'credential.check': 'checked the credential of',
  'credential.provide': 'provided the credential of',
  'plan.put': 'changed the tracking plan',
  'plan.remove': 'removed the tracking plan',
  'redaction.put': 'changed the redaction rules',
  'redaction.remove': 'removed the redaction rules',
  'quarantine.release': 'began to release from quarantine:',
  'quarantine.released': 'released from quarantine:',
  'quarantine.discard': 'began to discard from quarantine:',
  'quarantine.discarded': 'discarded from quarantine:',
  'consent.put': 'changed the consent needed by',
  'consent.remove': 'let go without consent:',
  'consent.set': 'recorded the consent of the person',
  'suppression.add': 'suppressed',
  'suppression.remove': 'lifted the suppression of the person',
  'config.apply': 'applied the configuration file',
  'backup.made': 'made the backup',
  'backup.run': 'asked for a backup',
  'backup.checked': 'checked the backup',
  'backup.verify': 'verified the backup',
  'backup.drill': 'rehearsed a restore of the backup',
  'backup.restored': 'restored the backup',
  'playbook.provided': 'brought the built-in playbooks',
  'playbook.put': 'changed the playbook',
  'playbook.start': 'started the playbook',
  'playbook.step': 'said how a step went of',
  'playbook.end': 'ended the run',
  'restorePoint.create': 'made the restore point',
  'restorePoint.apply': 'brought back',
  'restorePoint.remove': 'removed the restore point',
  'restorePoint.import': 'imported',
  'erasure.request': 'asked to forget a person:',
  'erasure.progress': 'went on with the erasure',
  'erasure.expired': 'let go of the record of the erasure',
  'record.expired': 'let go of the record of',
  'erasure.retry': 'tried the erasure again:',
  'erasure.settle': 'settled by hand the erasure',
  'person.export': 'exported what is held of a person',
  'replay.start': 'started the replay',
  'replay.pause': 'paused the replay',
  'replay.resume': 'resumed the replay',
  'replay.cancel': 'cancelled the replay',
  'replay.done': 'ended the replay',
  'deadLetter.edit': 'edited a copy of a dead letter of',
  'deadLetter.discard': 'discarded dead letters of',
  'retention.purge': 'purged',
  'retention.purged': 'purged',
  'ledger.unbalanced': 'found a ledger that does not balance:',
  'source.throttled': 'held back the source',
  'verdict.changed': 'judged anew',
  'endpoint.changed': 'changed the endpoint of',
  'endpoint.use': 'chose the endpoint of',
  'breaker.force': 'held or gave back the breaker of',
  'flag.put': 'changed the flag',
  'flag.set': 'switched the flag',
  'flag.remove': 'removed the flag',
  'rollout.start': 'started the rollout',
  'rollout.pause': 'paused the rollout',
  'rollout.paused': 'paused the rollout',
  'rollout.resume': 'resumed the rollout',
  'rollout.advance': 'moved on the rollout',
  'rollout.advanced': 'moved on the rollout',
  'rollout.finished': 'finished the rollout',
  'rollout.revert': 'took back the rollout',
  'rollout.reverted': 'took back the rollout',
  'rollout.stopped': 'left the flag to a person, and ended the rollout',
  'schedule.put': 'scheduled',
  'schedule.cancel': 'called off',
  'schedule.applied': 'did what was scheduled:',
  'schedule.undone': 'put back what expired:',
  'schedule.failed': 'could not do as scheduled:',
  'drill.start': 'started the drill',
  'drill.stop': 'stopped the drill',
  'drill.broken': 'broke on purpose, for the drill',
  'drill.detected': 'noticed the drill',
  'drill.lifted': 'put right what was broken for the drill',
  'drill.ended': 'ended the drill',
  'gateway.started': 'started the gateway',
  'gateway.stopped': 'stopped the gateway',
};
/** Kinds whose ids people know. */
const plainKinds: ReadonlySet<string> = new Set([
  'backup',
  'erasure',
  'replay',
  'source',
  'plan',
  'redaction',
  'quarantine',
  'person',
  'drill',
  'flag',
  'rollout',
  'schedule',
  'restore-point',
  'playbook',
  'playbook-run',
]);
/** What came of these is not plain from the verb. */
const hasVerdict: ReadonlySet<string> = new Set(['credential.check', 'verdict.changed']);
const wordless: ReadonlySet<string> = new Set(['settings.put', 'config.apply', 'playbook.provided', 'gateway.started', 'gateway.stopped']);

/** Verb, object and, for what was denied, why. */
export function auditWords(entry: Pick<AuditEntry, 'action' | 'target' | 'outcome' | 'changes'>, context: AuditContext): AuditWords {
  const refusal = errorCodes.find((code) => code === entry.outcome);
  return {
    verb: verbOf(entry, context),
    object: wordless.has(entry.action) ? '' : targetWords(entry.target, context),
    refusal: refusal === undefined ? null : appError(refusal).message,
    note: hasVerdict.has(entry.action) && refusal === undefined ? entry.outcome : '',
  };
}

function verbOf(entry: Pick<AuditEntry, 'action' | 'changes'>, context: AuditContext): string {
  const change = entry.changes?.find((each) => each.kind === 'switch');
  const mode = entry.action === 'switch.set' && change !== undefined ? context.switchMode(change.id, change.revision) : null;
  if (mode !== null) return switchVerbs[mode];
  return verbs[entry.action] ?? entry.action;
}

/** `kind/id`, a scope's id or its label, as people name it. */
export function targetWords(target: string, { destinationName }: Pick<AuditContext, 'destinationName'>): string {
  const slash = target.indexOf('/');
  const kind = slash < 0 ? '' : target.slice(0, slash);
  const rest = target.slice(slash + 1);
  if (kind === 'destination' || kind === 'credential' || kind === 'consent' || kind === 'breaker' || kind === 'failover')
    // Where many changed at once they share an entry.
    return rest.split(',').map(destinationName).join(', ');
  if (plainKinds.has(kind)) return rest;
  if (kind === 'switch') return scopeWords(rest, destinationName);
  return scopeWords(target, destinationName);
}

function scopeWords(text: string, destinationName: (id: string) => string): string {
  const colon = text.indexOf(':');
  const type = colon < 0 ? '' : text.slice(0, colon);
  const name = text.slice(colon + 1);
  if (type === 'destination') return destinationName(name);
  if (type === 'source') return `source ${name}`;
  if (type === 'event') return `event “${name}”`;
  return destinationName(text);
}
