import { IconLayoutList } from '@tabler/icons-react';
import { Suspense } from 'react';
import { Board } from '#renderer/features/board/board.tsx';
import { DestinationInspector } from '#renderer/features/destination/inspector.tsx';
import { useRoute } from '#renderer/frame/router.ts';
import type { View } from '#renderer/frame/view.ts';
import { Skeleton } from '#renderer/ui/placeholders.tsx';
import { lazily } from './lazily.ts';

const DestinationPage = lazily(({ DestinationPage }) => DestinationPage);
const FewCharts = lazily(({ FewCharts }) => FewCharts);

/** Its charts come when they can. What one acts with is there at once: Enter, Enter parks. */
function inspect(id: string) {
  const charts = (
    <Suspense fallback={<Skeleton />}>
      <FewCharts id={id} />
    </Suspense>
  );
  return <DestinationInspector id={id} charts={charts} />;
}

/** The board, or the page of one destination: two features that share a place. */
function DestinationsPlace() {
  const id = useRoute((route) => route.segments[1] ?? '');
  return id === '' ? <Board inspector={inspect} /> : <DestinationPage id={id} />;
}

export const destinationsView: View = {
  id: 'destinations',
  title: 'Destinations',
  icon: IconLayoutList,
  component: DestinationsPlace,
  keys: 'g d',
  hasTimeRange: true,
};
