import { IconAdjustmentsPause } from '@tabler/icons-react';
import { useDocuments } from '#renderer/client/documents.ts';
import { groupsOf, inForce, isDueForReview } from '#renderer/frame/scopes.ts';
import type { View } from '#renderer/frame/view.ts';
import { useNow } from '#renderer/ui/use-now.ts';
import { Controls } from './controls.tsx';

/** Stops that lasted over four hours without a timer. */
function useBadge(): number {
  const switches = useDocuments('switch');
  const now = useNow(60_000);
  return inForce(groupsOf({ switches, destinations: [], sources: [] })).filter((row) => isDueForReview(row, now)).length;
}

export const controlsView: View = {
  id: 'controls',
  title: 'Controls',
  icon: IconAdjustmentsPause,
  component: Controls,
  keys: 'g c',
  useBadge,
};
