/**
 * The one table of everything a client can ask of a gateway. Typed clients, the
 * gateway's exhaustive handlers, permissions, the palette, the command line and the
 * reference all come from it.
 */
import * as credentials from './credentials.ts';
import * as documents from './documents.ts';
import * as pipeline from './pipeline.ts';
import * as privacy from './privacy.ts';
import * as switches from './switches.ts';
import * as system from './system.ts';
import * as watching from './watching.ts';

export const operations = {
  'switch.set': switches.switchSet,
  'switch.proof': switches.switchProof,
  'document.list': documents.documentList,
  'document.history': documents.documentHistory,
  'document.revert': documents.documentRevert,
  'document.drift': documents.documentDrift,
  'source.put': documents.sourcePut,
  'source.remove': documents.sourceRemove,
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
  'gateway.key': credentials.gatewayKey,
  'credential.bind': credentials.credentialBind,
  'credential.remove': credentials.credentialRemove,
  'credential.check': credentials.credentialCheck,
  'credential.list': credentials.credentialList,
  'telemetry.history': watching.telemetryHistory,
  'ledger.read': watching.ledgerRead,
  'event.where': watching.eventWhere,
  'deadLetter.list': watching.deadLetterList,
  'system.status': system.systemStatus,
  'connector.list': system.connectorList,
  'audit.list': system.auditList,
  'audit.verify': system.auditVerify,
  'audit.note': system.auditNote,
  'command.outcome': system.commandOutcome,
  'operation.list': system.operationList,
} as const;

export type Operations = typeof operations;
export type OperationName = keyof Operations;
