import { IconLayoutList } from '@tabler/icons-react';
import { Board } from '#renderer/features/board/board.tsx';
import { DestinationInspector } from '#renderer/features/destination/inspector.tsx';
import { DestinationPage } from '#renderer/features/destination/page.tsx';
import { useRoute } from '#renderer/frame/router.ts';
import type { View } from '#renderer/frame/view.ts';

/** The board, or the page of one destination: two features that share a place. */
function DestinationsPlace() {
  const id = useRoute((route) => route.segments[1] ?? '');
  return id === '' ? <Board inspector={(inspected) => <DestinationInspector id={inspected} />} /> : <DestinationPage id={id} />;
}

export const destinationsView: View = {
  id: 'destinations',
  title: 'Destinations',
  icon: IconLayoutList,
  component: DestinationsPlace,
  keys: 'g d',
  hasTimeRange: true,
};
