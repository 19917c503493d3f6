import { IconUrgent } from '@tabler/icons-react';
import type { View } from '#renderer/frame/view.ts';
import { lazily } from './lazily.ts';
import { type PlaceTab, TabbedPlace } from './tabbed-place.tsx';

const tabs: readonly PlaceTab[] = [
  {
    id: '',
    title: 'Drills',
    note: 'break something on purpose, and measure how long until it is noticed and well again',
    component: lazily(({ Drills }) => Drills),
    keywords: 'drill break simulator outage full disk kill gateway recover detect',
  },
  {
    id: 'playbooks',
    title: 'Playbooks',
    note: 'what to do, step by step, and who did what',
    component: lazily(({ Playbooks }) => Playbooks),
    keywords: 'runbook vendor outage steps checklist run',
  },
];

/** What is done when things break, and trying it before they do. */
function IncidentsPlace() {
  return <TabbedPlace title="Incidents" path="/incidents" tabs={tabs} />;
}

export const incidentsView: View = {
  id: 'incidents',
  title: 'Incidents',
  icon: IconUrgent,
  component: IncidentsPlace,
  pages: tabs,
  keys: 'g i',
};
