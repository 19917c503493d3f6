import { IconServer2 } from '@tabler/icons-react';
import type { View } from '#renderer/frame/view.ts';
import { lazily } from './lazily.ts';
import { type PlaceTab, TabbedPlace } from './tabbed-place.tsx';

const tabs: readonly PlaceTab[] = [
  { id: '', title: 'Health', width: 'full', component: lazily(({ Health }) => Health) },
  {
    id: 'sources',
    title: 'Sources',
    keywords: 'write key app',
    width: 'full',
    component: lazily(({ Sources }) => Sources),
  },
  {
    id: 'destinations',
    title: 'Destinations',
    keywords: 'vendor connector settings',
    width: 'full',
    component: lazily(({ DestinationsAdmin }) => DestinationsAdmin),
  },
  {
    id: 'backups',
    title: 'Backups',
    keywords: 'backup restore verify drill schedule',
    width: 'full',
    component: lazily(({ Backups }) => Backups),
  },
  {
    id: 'data',
    title: 'Erasure & retention',
    keywords: 'forget delete person gdpr purge keep',
    width: 'full',
    component: lazily(({ Forgetting }) => Forgetting),
  },
  {
    id: 'settings',
    title: 'Settings',
    keywords: 'gateway disk budget dedupe',
    width: 'reading',
    component: lazily(({ GatewaySettings }) => GatewaySettings),
  },
  {
    id: 'environments',
    title: 'Environments',
    width: 'full',
    component: lazily(({ Environments }) => Environments),
  },
  {
    id: 'audit',
    title: 'Audit',
    keywords: 'who did what hash chain',
    width: 'full',
    component: lazily(({ Audit }) => Audit),
  },
  {
    id: 'access',
    title: 'Access',
    keywords: 'sign-in authentication refused',
    width: 'full',
    component: lazily(({ Access }) => Access),
  },
  {
    id: 'console',
    title: 'This console',
    keywords: 'preferences theme keys',
    width: 'full',
    component: lazily(({ ConsoleSettings }) => ConsoleSettings),
  },
];

/** The gateway and this console themselves. */
function SystemPlace() {
  return <TabbedPlace title="System" path="/system" tabs={tabs} />;
}

export const systemView: View = {
  id: 'system',
  title: 'System',
  icon: IconServer2,
  component: SystemPlace,
  // The rail's own name for them; those that other places have, too, are found there.
  pages: tabs.filter(({ id }) => id !== 'destinations'),
  keys: 'g s',
  hasTimeRange: (segments) => segments[1] === undefined,
};
