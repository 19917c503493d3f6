import { useEffect } from 'react';
import { useStore } from 'zustand';
import { closeOverlay, requestStore } from '#renderer/frame/overlays.ts';
import { routeStore } from '#renderer/frame/router.ts';
import { Dialog } from '#renderer/ui/dialog.tsx';
import { EventSearch } from './search.tsx';

/** Where did my event go? From anywhere, over what one is looking at. */
export function WhereDialog() {
  const request = useStore(requestStore, (state) => state.request);
  return request?.type === 'where' ? <OpenDialog key={request.messageId ?? ''} initial={request.messageId ?? ''} /> : null;
}

function OpenDialog({ initial }: { readonly initial: string }) {
  // A link in it leads away, and the dialog would stand before what was gone to.
  useEffect(
    () =>
      routeStore.subscribe((route, before) => {
        if (route.path !== before.path) closeOverlay();
      }),
    [],
  );
  return (
    <Dialog isOpen onClose={closeOverlay} title="Where did my event go?" width={860}>
      <EventSearch initial={initial} />
    </Dialog>
  );
}
