import type { ComponentType } from 'react';
import { href, useRoute } from '#renderer/frame/router.ts';
import { Page, ViewFrame } from '#renderer/ui/page.tsx';
import { ViewHeader } from '#renderer/ui/panel.tsx';
import { LinkTabs } from '#renderer/ui/tabs.tsx';
import { Audit } from './audit.tsx';
import { ConsoleSettings } from './console.tsx';
import { DestinationsAdmin } from './destinations.tsx';
import { Environments } from './environments.tsx';
import { Health } from './health.tsx';
import { GatewaySettings } from './settings.tsx';
import { Sources } from './sources.tsx';

const pages: readonly { readonly id: string; readonly title: string; readonly component: ComponentType }[] = [
  { id: 'health', title: 'Health', component: Health },
  { id: 'sources', title: 'Sources', component: Sources },
  { id: 'destinations', title: 'Destinations', component: DestinationsAdmin },
  { id: 'settings', title: 'Settings', component: GatewaySettings },
  { id: 'environments', title: 'Environments', component: Environments },
  { id: 'audit', title: 'Audit', component: Audit },
  { id: 'console', title: 'This console', component: ConsoleSettings },
];

/** The gateway and this console themselves. */
export function System() {
  const wanted = useRoute((route) => route.segments[1] ?? 'health');
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
        items={pages.map(({ id, title }) => ({ id, title, href: href(id === 'health' ? '/system' : `/system/${id}`) }))}
      />
      <Page key={page.id} width={page.id === 'settings' ? 'reading' : 'full'}>
        <page.component />
      </Page>
    </ViewFrame>
  );
}
