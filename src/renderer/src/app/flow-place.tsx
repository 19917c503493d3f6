import { IconRoute, IconZoomQuestion } from '@tabler/icons-react';
import { Consent } from '#renderer/features/consent/consent.tsx';
import { EventLife } from '#renderer/features/event-life/event-life.tsx';
import { Flow } from '#renderer/features/flow/flow.tsx';
import { Plans } from '#renderer/features/plans/plans.tsx';
import { Quarantine } from '#renderer/features/quarantine/quarantine.tsx';
import { DeadLetters } from '#renderer/features/recovery/dead-letters.tsx';
import { Redaction } from '#renderer/features/redaction/redaction.tsx';
import { requestOverlay } from '#renderer/frame/overlays.ts';
import type { View } from '#renderer/frame/view.ts';
import { Button } from '#renderer/ui/button.tsx';
import { type PlaceTab, TabbedPlace } from './tabbed-place.tsx';

const tabs: readonly PlaceTab[] = [
  { id: '', title: 'Flow', note: 'means of the last ten seconds; the counts below are exact', component: Flow },
  {
    id: 'dead-letters',
    title: 'Dead letters',
    note: 'what destinations did not take: kept, and given anew at a pace',
    component: DeadLetters,
    keywords: 'replay dead letter failed rejected retry edit discard',
    keys: 'g l',
  },
  {
    id: 'quarantine',
    title: 'Quarantine',
    note: 'events that broke their tracking plan: unsent, unharmed',
    component: Quarantine,
    keywords: 'held violations release discard',
    keys: 'g q',
  },
  {
    id: 'plans',
    title: 'Plans',
    note: 'what the events of your sources must look like',
    component: Plans,
    keywords: 'tracking plan schema violations test',
    keys: 'g p',
  },
  {
    id: 'redaction',
    title: 'Redaction',
    note: 'what of an event is never written down, and what each destination gets of it',
    component: Redaction,
    keywords: 'rules mask hash drop truncate personal data fields allow-list',
    keys: 'g r',
  },
  {
    id: 'consent',
    title: 'Consent',
    note: 'what people allow, and who is sent nothing of',
    component: Consent,
    keywords: 'person granted withdrawn opt-out suppression deletion',
    keys: 'g o',
  },
  {
    id: 'event',
    title: 'Event life',
    note: 'one message id, its whole way',
    component: EventLife,
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
