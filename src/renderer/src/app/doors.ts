import type { OperationName } from '#contract/operations/index.ts';
import { requestOverlay } from '#renderer/frame/overlays.ts';
import { navigate } from '#renderer/frame/router.ts';

const to = (path: string) => () => navigate(path);

/** Where an operation of the table has a form or a view of its own. The rest gets the plain form. */
export const doors: ReadonlyMap<OperationName, () => void> = new Map<OperationName, () => void>([
  ['switch.set', () => requestOverlay({ type: 'switch' })],
  ['source.put', () => requestOverlay({ type: 'source' })],
  ['destination.put', () => requestOverlay({ type: 'destination' })],
  ['source.remove', to('/system/sources')],
  ['destination.remove', to('/system/destinations')],
  ['destination.claim', to('/destinations')],
  ['settings.put', to('/system/settings')],
  ['document.drift', to('/system')],
  ['system.status', to('/system')],
  ['audit.list', to('/system/audit')],
  ['audit.verify', to('/system/audit')],
  ['credential.list', to('/credentials')],
  ['credential.check', to('/credentials')],
  ['ledger.read', to('/flow')],
  ['backup.run', to('/system/backups')],
  ['backup.list', to('/system/backups')],
  ['backup.verify', to('/system/backups')],
  ['backup.drill', to('/system/backups')],
  ['verdict.read', to('/destinations')],
  ['drill.list', to('/incidents')],
  ['drill.start', to('/incidents')],
  ['drill.stop', to('/incidents')],
  ['security.log', to('/system/access')],
  ['plan.put', to('/flow/plans')],
  ['plan.remove', to('/flow/plans')],
  ['plan.test', to('/flow/plans')],
  ['plan.violations', to('/flow/plans')],
  ['quarantine.list', to('/flow/quarantine')],
  ['quarantine.release', to('/flow/quarantine')],
  ['quarantine.discard', to('/flow/quarantine')],
  ['redaction.put', to('/flow/redaction')],
  ['redaction.remove', to('/flow/redaction')],
  ['redaction.test', to('/flow/redaction')],
  ['consent.put', to('/flow/consent')],
  ['consent.remove', to('/flow/consent')],
  ['consent.set', to('/flow/consent')],
  ['consent.read', to('/flow/consent')],
  ['suppression.add', to('/flow/consent')],
  ['suppression.remove', to('/flow/consent')],
  ['suppression.list', to('/flow/consent')],
]);
