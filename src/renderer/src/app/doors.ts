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
]);
