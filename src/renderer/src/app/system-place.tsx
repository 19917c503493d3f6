import { IconServer2 } from '@tabler/icons-react';
import type { ComponentType } from 'react';
import { Backups } from '#renderer/features/backups/backups.tsx';
import { Forgetting } from '#renderer/features/forgetting/forgetting.tsx';
import { Access } from '#renderer/features/system/access.tsx';
import { Audit } from '#renderer/features/system/audit.tsx';
import { ConsoleSettings } from '#renderer/features/system/console.tsx';
import { DestinationsAdmin } from '#renderer/features/system/destinations.tsx';
import { Environments } from '#renderer/features/system/environments.tsx';
import { Health } from '#renderer/features/system/health.tsx';
import { GatewaySettings } from '#renderer/features/system/settings.tsx';
import { Sources } from '#renderer/features/system/sources.tsx';
import { href, useRoute } from '#renderer/frame/router.ts';
import type { View, ViewPage } from '#renderer/frame/view.ts';
import { Page, ViewFrame } from '#renderer/ui/page.tsx';
import { ViewHeader } from '#renderer/ui/panel.tsx';
import { LinkTabs } from '#renderer/ui/tabs.tsx';

interface SystemPage extends ViewPage {
  readonly component: ComponentType;
}

const pages: readonly SystemPage[] = [
  { id: '', title: 'Health', component: Health },
  { id: 'sources', title: 'Sources', keywords: 'write key app', component: Sources },
  { id: 'destinations', title: 'Destinations', keywords: 'vendor connector settings', component: DestinationsAdmin },
  { id: 'backups', title: 'Backups', keywords: 'backup restore verify drill schedule', component: Backups },
  { id: 'data', title: 'Erasure & retention', keywords: 'forget delete person gdpr purge keep', component: Forgetting },
  { id: 'settings', title: 'Settings', keywords: 'gateway disk budget dedupe', component: GatewaySettings },
  { id: 'environments', title: 'Environments', component: Environments },
  { id: 'audit', title: 'Audit', keywords: 'who did what hash chain', component: Audit },
  { id: 'access', title: 'Access', keywords: 'sign-in authentication refused', component: Access },
  { id: 'console', title: 'This console', keywords: 'preferences theme keys', component: ConsoleSettings },
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
        <page.component />
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
