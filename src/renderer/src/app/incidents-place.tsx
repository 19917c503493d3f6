import { IconUrgent } from '@tabler/icons-react';
import { Drills } from '#renderer/features/drills/drills.tsx';
import type { View } from '#renderer/frame/view.ts';
import { ViewFrame } from '#renderer/ui/page.tsx';
import { ViewHeader } from '#renderer/ui/panel.tsx';

/** What is done when things break, and trying it before they do. */
function IncidentsPlace() {
  return (
    <ViewFrame>
      <ViewHeader title="Incidents" note="drills: break something on purpose, and measure how long until it is noticed and well again" />
      <Drills />
    </ViewFrame>
  );
}

export const incidentsView: View = {
  id: 'incidents',
  title: 'Incidents',
  icon: IconUrgent,
  component: IncidentsPlace,
  pages: [{ id: '', title: 'Drills', keywords: 'drill break simulator outage full disk kill gateway recover detect' }],
  keys: 'g i',
};
