import { IconBolt } from '@tabler/icons-react';
import type { View } from '#renderer/frame/view.ts';
import { Now } from './now.tsx';
import { useNeeds } from './use-needs.ts';

function useBadge(): number {
  return useNeeds().needs.length;
}

export const nowView: View = { id: 'now', title: 'Now', icon: IconBolt, component: Now, keys: 'g n', useBadge };
