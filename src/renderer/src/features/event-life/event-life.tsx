import { Page } from '#renderer/ui/page.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import { EventSearch } from './search.tsx';

/** Where did my event go? As a page, for a long look. */
export function EventLife() {
  return (
    <Page>
      <Panel title="Where did my event go?">
        <EventSearch initial="" />
      </Panel>
    </Page>
  );
}
