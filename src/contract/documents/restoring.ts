/** What bringing back a restore point, or carrying a set-up elsewhere, means for each kind of document. */
import type { DocumentKind } from './document.ts';

/**
 * carried: brought back, and exported. shown: what differs is shown and never brought back, because that would release
 * or hold events without a preview of its own. version: a credential is told by its version; its secret never comes
 * back. record: something that happened, and no set-up.
 */
export type RestoreRole = 'carried' | 'shown' | 'version' | 'record';

export const restoreRoles: Readonly<Record<DocumentKind, RestoreRole>> = {
  source: 'carried',
  destination: 'carried',
  settings: 'carried',
  plan: 'carried',
  redaction: 'carried',
  consent: 'carried',
  flag: 'carried',
  playbook: 'carried',
  switch: 'shown',
  breaker: 'shown',
  failover: 'shown',
  credential: 'version',
  replay: 'record',
  drill: 'record',
  erasure: 'record',
  'restore-point': 'record',
  'playbook-run': 'record',
  rollout: 'record',
  schedule: 'record',
};

/** Whether a document of this kind is brought back. */
export function isRestorable(kind: DocumentKind): boolean {
  return restoreRoles[kind] === 'carried';
}
