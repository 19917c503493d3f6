import { IconLayoutList } from '@tabler/icons-react';
import type { View } from '#renderer/frame/view.ts';

function Board() {
  return <p>board</p>;
}

export const destinationsView: View = { id: 'destinations', title: 'Destinations', icon: IconLayoutList, component: Board, keys: 'g d', hasTimeRange: true };
