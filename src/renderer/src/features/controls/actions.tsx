import { IconAdjustmentsPause, IconAlertOctagon } from '@tabler/icons-react';
import { useDocuments } from '#renderer/client/documents.ts';
import { requestOverlay } from '#renderer/frame/overlays.ts';
import { groupsOf } from '#renderer/frame/scopes.ts';
import { Button } from '#renderer/ui/button.tsx';

/** What can be done from the head of the switches. */
export function SwitchActions() {
  const { everything } = groupsOf({ switches: useDocuments('switch'), destinations: [], sources: [] });
  return (
    <>
      <Button icon={<IconAdjustmentsPause size={14} />} onClick={() => requestOverlay({ type: 'switch' })}>
        Set a switch…
      </Button>
      {everything.mode === 'flow' ? (
        <Button icon={<IconAlertOctagon size={14} />} onClick={() => requestOverlay({ type: 'park-everything' })}>
          Park everything…
        </Button>
      ) : (
        <Button onClick={() => requestOverlay({ type: 'open', scope: { type: 'everything' } })}>Open everything…</Button>
      )}
    </>
  );
}
