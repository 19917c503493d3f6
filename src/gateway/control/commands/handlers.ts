import type { OperationName } from '#contract/operations/index.ts';
import { auditCommands } from './audit.ts';
import { catalogueQueries } from './catalogue.ts';
import { changeQueries } from './changes.ts';
import { consentCommands } from './consents.ts';
import type { HandlersOf } from './context.ts';
import { credentialCommands } from './credentials.ts';
import type { ControlDeps } from './deps.ts';
import { destinationCommands } from './destinations.ts';
import { documentCommands } from './documents.ts';
import { flagCommands } from './flags.ts';
import { planCommands } from './plans.ts';
import { playbookCommands } from './playbooks.ts';
import { redactionCommands } from './redactions.ts';
import { settingsCommands } from './settings.ts';
import { sourceCommands } from './sources.ts';

/** The operations that need documents, audit and credentials only; the rest touch lanes and log. */
export type ControlOperation = Exclude<
  OperationName,
  | `schedule.${string}`
  | 'switch.set'
  | 'switch.proof'
  | 'ledger.read'
  | 'event.where'
  | `deadLetter.${string}`
  | `replay.${string}`
  | 'breaker.force'
  | 'lane.read'
  | 'transport.read'
  | 'endpoint.use'
  | 'source.read'
  | 'system.status'
  | 'telemetry.history'
  | `verdict.${string}`
  | `drill.${string}`
  | 'security.log'
  | 'flag.usage'
  | 'answers.read'
  | `backup.${string}`
  | 'plan.test'
  | 'plan.violations'
  | 'redaction.test'
  | `quarantine.${string}`
  | 'consent.set'
  | 'consent.read'
  | `suppression.${string}`
  | `erasure.${string}`
  | `retention.${string}`
  | 'person.export'
  | `restorePoint.${string}`
  | `rollout.${string}`
>;

export function createControlHandlers(deps: ControlDeps): HandlersOf<ControlOperation> {
  return {
    ...documentCommands(deps),
    ...changeQueries(deps),
    ...sourceCommands(deps),
    ...destinationCommands(deps),
    ...settingsCommands(deps),
    ...planCommands(deps),
    ...redactionCommands(deps),
    ...consentCommands(deps),
    ...flagCommands(deps),
    ...playbookCommands(deps),
    ...credentialCommands(deps),
    ...catalogueQueries(deps),
    ...auditCommands(deps),
  };
}
