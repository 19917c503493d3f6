import { type ComponentType, type ReactNode, Suspense } from 'react';
import { href, useRoute } from '#renderer/frame/router.ts';
import type { ViewPage } from '#renderer/frame/view.ts';
import { Page, ViewFrame } from '#renderer/ui/page.tsx';
import { ViewHeader } from '#renderer/ui/panel.tsx';
import { Skeleton } from '#renderer/ui/placeholders.tsx';
import { LinkTabs } from '#renderer/ui/tabs.tsx';

export interface PlaceTab extends ViewPage {
  /** What the tab shows, after the title of the place. */
  readonly note?: string;
  /** Drawn in a page of this width; absent: it frames itself. */
  readonly width?: 'full' | 'reading';
  readonly component: ComponentType;
  /** Its buttons in the head. */
  readonly actions?: ComponentType;
}

/** A place of the rail that several features share, a tab each. The first one has the place's own address. */
export function TabbedPlace({
  title,
  path,
  tabs,
  actions,
}: {
  readonly title: string;
  /** `/controls` */
  readonly path: string;
  readonly tabs: readonly PlaceTab[];
  /** Buttons of the place itself, where a tab has none. */
  readonly actions?: ReactNode;
}) {
  const wanted = useRoute((route) => route.segments[1] ?? '');
  const environment = useRoute((route) => route.environment);
  const tab = tabs.find(({ id }) => id === wanted) ?? tabs[0];
  if (tab === undefined) return null;
  return (
    <ViewFrame>
      <ViewHeader title={title} note={tab.note} actions={<Suspense>{tab.actions === undefined ? actions : <tab.actions />}</Suspense>} />
      <LinkTabs
        key={environment}
        label={`Pages of ${title}`}
        current={tab.id}
        items={tabs.map((each) => ({ id: each.id, title: each.title, href: href(each.id === '' ? path : `${path}/${each.id}`) }))}
      />
      <Framed key={tab.id} width={tab.width}>
        <Suspense fallback={<Skeleton />}>
          <tab.component />
        </Suspense>
      </Framed>
    </ViewFrame>
  );
}

function Framed({ width, children }: { readonly width: PlaceTab['width']; readonly children: ReactNode }) {
  return width === undefined ? children : <Page width={width}>{children}</Page>;
}
