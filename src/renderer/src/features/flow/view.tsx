import { IconRoute } from '@tabler/icons-react';
import type { View } from '#renderer/frame/view.ts';
import { Flow } from './flow.tsx';

export const flowView: View = { id: 'flow', title: 'Flow', icon: IconRoute, component: Flow, keys: 'g f' };
