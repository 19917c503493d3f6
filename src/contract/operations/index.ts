/**
 * The one table of everything a client can ask of a gateway. Typed clients, the
 * gateway's exhaustive handlers, permissions, the palette, the command line and the
 * reference all come from it.
 */
import * as backup from './backup.ts';
import * as breaker from './breaker.ts';
import * as changes from './changes.ts';
import * as credentials from './credentials.ts';
import * as documents from './documents.ts';
import * as drills from './drills.ts';
import * as erasure from './erasure.ts';
import * as flags from './flags.ts';
import * as lane from './lane.ts';
import * as pipeline from './pipeline.ts';
import * as playbooks from './playbooks.ts';
import * as privacy from './privacy.ts';
import * as replay from './replay.ts';
import * as restore from './restore.ts';
import * as rollouts from './rollouts.ts';
import * as schedules from './schedules.ts';
import * as security from './security.ts';
import * as sources from './sources.ts';
import * as switches from './switches.ts';
import * as system from './system.ts';
import * as transport from './transport.ts';
import * as verdict from './verdict.ts';
import * as watching from './watching.ts';

export const operations = {
  'switch.set': switches.switchSet,
  'switch.proof': switches.switchProof,
  'breaker.force': breaker.breakerForce,
  'lane.read': lane.laneRead,
  'transport.read': transport.transportRead,
  'endpoint.use': transport.endpointUse,
  'document.list': documents.documentList,
  'document.history': documents.documentHistory,
  'document.revert': documents.documentRevert,
  'document.changes': changes.documentChanges,
  'document.drift': documents.documentDrift,
  'source.put': documents.sourcePut,
  'source.remove': documents.sourceRemove,
  'source.read': sources.sourceRead,
  'destination.put': documents.destinationPut,
  'destination.remove': documents.destinationRemove,
  'destination.claim': documents.destinationClaim,
  'settings.put': documents.settingsPut,
  'plan.put': pipeline.planPut,
  'plan.remove': pipeline.planRemove,
  'plan.test': pipeline.planTest,
  'plan.violations': pipeline.planViolations,
  'redaction.put': pipeline.redactionPut,
  'redaction.remove': pipeline.redactionRemove,
  'redaction.test': pipeline.redactionTest,
  'quarantine.list': pipeline.quarantineList,
  'quarantine.release': pipeline.quarantineRelease,
  'quarantine.discard': pipeline.quarantineDiscard,
  'consent.put': privacy.consentPut,
  'consent.remove': privacy.consentRemove,
  'consent.set': privacy.consentSet,
  'consent.read': privacy.consentRead,
  'suppression.add': privacy.suppressionAdd,
  'suppression.remove': privacy.suppressionRemove,
  'suppression.list': privacy.suppressionList,
  'erasure.request': erasure.erasureRequest,
  'erasure.list': erasure.erasureList,
  'erasure.retry': erasure.erasureRetry,
  'erasure.settle': erasure.erasureSettle,
  'person.export': erasure.personExport,
  'retention.read': erasure.retentionRead,
  'retention.purge': erasure.retentionPurge,
  'flag.put': flags.flagPut,
  'flag.set': flags.flagSet,
  'flag.remove': flags.flagRemove,
  'flag.evaluate': flags.flagEvaluate,
  'flag.usage': flags.flagUsage,
  'rollout.start': rollouts.rolloutStart,
  'rollout.pause': rollouts.rolloutPause,
  'rollout.resume': rollouts.rolloutResume,
  'rollout.advance': rollouts.rolloutAdvance,
  'rollout.revert': rollouts.rolloutRevert,
  'rollout.read': rollouts.rolloutRead,
  'restorePoint.create': restore.restorePointCreate,
  'restorePoint.list': restore.restorePointList,
  'restorePoint.diff': restore.restorePointDiff,
  'restorePoint.apply': restore.restorePointApply,
  'restorePoint.remove': restore.restorePointRemove,
  'restorePoint.export': restore.restorePointExport,
  'restorePoint.import': restore.restorePointImport,
  'playbook.put': playbooks.playbookPut,
  'playbook.start': playbooks.playbookStart,
  'playbook.step': playbooks.playbookStep,
  'playbook.end': playbooks.playbookEnd,
  'schedule.put': schedules.schedulePut,
  'schedule.cancel': schedules.scheduleCancel,
  'gateway.key': credentials.gatewayKey,
  'credential.bind': credentials.credentialBind,
  'credential.remove': credentials.credentialRemove,
  'credential.check': credentials.credentialCheck,
  'credential.list': credentials.credentialList,
  'telemetry.history': watching.telemetryHistory,
  'ledger.read': watching.ledgerRead,
  'event.where': watching.eventWhere,
  'deadLetter.list': watching.deadLetterList,
  'deadLetter.search': replay.deadLetterSearch,
  'deadLetter.inspect': replay.deadLetterInspect,
  'deadLetter.dryRun': replay.deadLetterDryRun,
  'deadLetter.edit': replay.deadLetterEdit,
  'deadLetter.discard': replay.deadLetterDiscard,
  'replay.start': replay.replayStart,
  'replay.pause': replay.replayPause,
  'replay.resume': replay.replayResume,
  'replay.cancel': replay.replayCancel,
  'replay.list': replay.replayList,
  'verdict.read': verdict.verdictRead,
  'verdict.probe': verdict.verdictProbe,
  'drill.list': drills.drillList,
  'drill.start': drills.drillStart,
  'drill.stop': drills.drillStop,
  'security.log': security.securityLog,
  'answers.read': security.answersRead,
  'system.status': system.systemStatus,
  'connector.list': system.connectorList,
  'audit.list': system.auditList,
  'audit.verify': system.auditVerify,
  'audit.note': system.auditNote,
  'command.outcome': system.commandOutcome,
  'operation.list': system.operationList,
  'backup.run': backup.backupRun,
  'backup.list': backup.backupList,
  'backup.verify': backup.backupVerify,
  'backup.drill': backup.backupDrill,
} as const;

export type Operations = typeof operations;
export type OperationName = keyof Operations;
