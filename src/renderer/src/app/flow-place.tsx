import { IconRoute, IconZoomQuestion } from '@tabler/icons-react';
import { requestOverlay } from '#renderer/frame/overlays.ts';
import type { View } from '#renderer/frame/view.ts';
import { Button } from '#renderer/ui/button.tsx';
import { lazily } from './lazily.ts';
import { type PlaceTab, TabbedPlace } from './tabbed-place.tsx';

const tabs: readonly PlaceTab[] = [
  {
    id: '',
    title: 'Flow',
    note: 'means of the last ten seconds; the counts below are exact',
    component: lazily(({ Flow }) => Flow),
  },
  {
    id: 'dead-letters',
    title: 'Dead letters',
    note: 'what destinations did not take: kept, and given anew at a pace',
    component: lazily(({ DeadLetters }) => DeadLetters),
    keywords: 'replay dead letter failed rejected retry edit discard',
    keys: 'g l',
  },
  {
    id: 'quarantine',
    title: 'Quarantine',
    note: 'events that broke their tracking plan: unsent, unharmed',
    component: lazily(({ Quarantine }) => Quarantine),
    keywords: 'held violations release discard',
    keys: 'g q',
  },
  {
    id: 'plans',
    title: 'Plans',
    note: 'what the events of your sources must look like',
    component: lazily(({ Plans }) => Plans),
    keywords: 'tracking plan schema violations test',
    keys: 'g p',
  },
  {
    id: 'redaction',
    title: 'Redaction',
    note: 'what of an event is never written down, and what each destination gets of it',
    component: lazily(({ Redaction }) => Redaction),
    keywords: 'rules mask hash drop truncate personal data fields allow-list',
    keys: 'g r',
  },
  {
    id: 'consent',
    title: 'Consent',
    note: 'what people allow, and who is sent nothing of',
    component: lazily(({ Consent }) => Consent),
    keywords: 'person granted withdrawn opt-out suppression deletion',
    keys: 'g o',
  },
  {
    id: 'event',
    title: 'Event life',
    note: 'one message id, its whole way',
    component: lazily(({ EventLife }) => EventLife),
    keywords: 'message id where trace provenance',
  },
];

/** What flows, what did not get through, and the way back: several features that share a place. */
function FlowPlace() {
  return (
    <TabbedPlace
      title="Flow & recovery"
      path="/flow"
      tabs={tabs}
      actions={
        <Button icon={<IconZoomQuestion size={14} />} onClick={() => requestOverlay({ type: 'where' })}>
          Where did my event go?
        </Button>
      }
    />
  );
}

export const flowView: View = {
  id: 'flow',
  title: 'Flow & recovery',
  icon: IconRoute,
  component: FlowPlace,
  pages: tabs,
  keys: 'g f',
};
