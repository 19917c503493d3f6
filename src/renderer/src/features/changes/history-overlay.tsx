import { useStore } from 'zustand';
import { documentName } from '#renderer/frame/change-words.ts';
import { VersionList } from '#renderer/frame/document-versions.tsx';
import { closeOverlay, requestStore } from '#renderer/frame/overlays.ts';
import { useAuditContext } from '#renderer/frame/use-audit-context.ts';
import { Dialog } from '#renderer/ui/dialog.tsx';

/** Every revision of one document, whatever its kind. */
export function HistoryOverlay() {
  const request = useStore(requestStore, (state) => state.request);
  const context = useAuditContext();
  if (request?.type !== 'history') return null;
  const { kind, id } = request;
  const name = documentName(kind, id, context);
  return (
    <Dialog isOpen onClose={closeOverlay} title={`History of the ${name}`} width={880}>
      <VersionList kind={kind} id={id} name={name} />
    </Dialog>
  );
}
