import { useStore } from 'zustand';
import { parkScope } from '#renderer/frame/acting.tsx';
import { BlastPreview } from '#renderer/frame/blast-table.tsx';
import { closeOverlay, requestStore } from '#renderer/frame/overlays.ts';
import { ConfirmDialog } from '#renderer/ui/confirm-dialog.tsx';
import shared from '#renderer/ui/shared.module.css';
import { usePreview } from './use-preview.ts';

const scope = { type: 'everything' } as const;

/** Parking everything adds one confirm, nothing to type: stopping stays cheap. Undo and the reason come with the message after it. */
export function ParkEverythingOverlay() {
  const isOpen = useStore(requestStore, (state) => state.request?.type === 'park-everything');
  return isOpen ? <ParkEverything /> : null;
}

function ParkEverything() {
  const query = usePreview(scope, 'park');
  return (
    <ConfirmDialog
      isOpen
      onClose={closeOverlay}
      title="Park everything"
      width={720}
      action="Park everything"
      onConfirm={() => {
        closeOverlay();
        void parkScope(scope);
      }}
    >
      <p>Nothing leaves for any vendor until everything is opened again. Ingest goes on: events are kept and wait.</p>
      <div className={shared.stack}>
        <BlastPreview {...query} purpose="park" />
      </div>
    </ConfirmDialog>
  );
}
