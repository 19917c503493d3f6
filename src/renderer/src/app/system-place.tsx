import { IconServer2 } from '@tabler/icons-react';
import { type ComponentType, Suspense } from 'react';
import { href, useRoute } from '#renderer/frame/router.ts';
import type { View, ViewPage } from '#renderer/frame/view.ts';
import { Page, ViewFrame } from '#renderer/ui/page.tsx';
import { ViewHeader } from '#renderer/ui/panel.tsx';
import { Skeleton } from '#renderer/ui/placeholders.tsx';
import { LinkTabs } from '#renderer/ui/tabs.tsx';
import { lazily } from './lazily.ts';

interface SystemPage extends ViewPage {
  readonly component: ComponentType;
}

const pages: readonly SystemPage[] = [
  { id: '', title: 'Health', component: lazily(({ Health }) => Health) },
  {
    id: 'sources',
    title: 'Sources',
    keywords: 'write key app',
    component: lazily(({ Sources }) => Sources),
  },
  {
    id: 'destinations',
    title: 'Destinations',
    keywords: 'vendor connector settings',
    component: lazily(({ DestinationsAdmin }) => DestinationsAdmin),
  },
  {
    id: 'backups',
    title: 'Backups',
    keywords: 'backup restore verify drill schedule',
    component: lazily(({ Backups }) => Backups),
  },
  {
    id: 'data',
    title: 'Erasure & retention',
    keywords: 'forget delete person gdpr purge keep',
    component: lazily(({ Forgetting }) => Forgetting),
  },
  {
    id: 'settings',
    title: 'Settings',
    keywords: 'gateway disk budget dedupe',
    component: lazily(({ GatewaySettings }) => GatewaySettings),
  },
  {
    id: 'environments',
    title: 'Environments',
    component: lazily(({ Environments }) => Environments),
  },
  {
    id: 'audit',
    title: 'Audit',
    keywords: 'who did what hash chain',
    component: lazily(({ Audit }) => Audit),
  },
  {
    id: 'access',
    title: 'Access',
    keywords: 'sign-in authentication refused',
    component: lazily(({ Access }) => Access),
  },
  {
    id: 'console',
    title: 'This console',
    keywords: 'preferences theme keys',
    component: lazily(({ ConsoleSettings }) => ConsoleSettings),
  },
];

/** The gateway and this console themselves. */
function SystemPlace() {
  const wanted = useRoute((route) => route.segments[1] ?? '');
  const environment = useRoute((route) => route.environment);
  const page = pages.find(({ id }) => id === wanted) ?? pages[0];
  if (page === undefined) return null;
  return (
    <ViewFrame>
      <ViewHeader title="System" />
      <LinkTabs
        key={environment}
        label="Pages of System"
        current={page.id}
        items={pages.map(({ id, title }) => ({ id, title, href: href(id === '' ? '/system' : `/system/${id}`) }))}
      />
      <Page key={page.id} width={page.id === 'settings' ? 'reading' : 'full'}>
        <Suspense fallback={<Skeleton />}>
          <page.component />
        </Suspense>
      </Page>
    </ViewFrame>
  );
}

export const systemView: View = {
  id: 'system',
  title: 'System',
  icon: IconServer2,
  component: SystemPlace,
  // The rail's own name for them; those that other places have, too, are found there.
  pages: pages.filter(({ id }) => id !== 'destinations'),
  keys: 'g s',
  hasTimeRange: (segments) => segments[1] === undefined,
};
