import { IconServer2 } from '@tabler/icons-react';
import type { View } from '#renderer/frame/view.ts';
import { System } from './system.tsx';

export const systemView: View = {
  id: 'system',
  title: 'System',
  icon: IconServer2,
  component: System,
  keys: 'g s',
  hasTimeRange: (segments) => (segments[1] ?? 'health') === 'health',
};
