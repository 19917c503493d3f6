import { useState } from 'react';
import type { Destination } from '#contract/documents/destination.ts';
import { Loading } from '#renderer/frame/loading.tsx';
import { Columns } from '#renderer/ui/page.tsx';
import { ErrorState } from '#renderer/ui/placeholders.tsx';
import { AnswersPanel } from '../answers-panel.tsx';
import { ConnectorPanel } from '../connector-panel.tsx';
import classes from '../destination.module.css';
import { useTransport } from '../use-lane.ts';
import { TransportDialog } from './transport-dialog.tsx';
import { TransportPanel, VendorCertificates } from './transport-panel.tsx';

/** How a vendor is reached: protocol, proxy, certificates, what its connector can, what it answers. */
export function ConnectionTab({ id, destination }: { readonly id: string; readonly destination: Destination }) {
  const { data, transport, error, isLoading, reload } = useTransport(id);
  const [isEditing, setIsEditing] = useState(false);
  if (transport === null)
    return error === null || isLoading || data !== null ? (
      <Loading rows={12} label="its connection" />
    ) : (
      <ErrorState error={error} onRetry={reload} />
    );
  return (
    <div className={classes.stack}>
      <VendorCertificates transport={transport} />
      <Columns>
        <div className={classes.stack}>
          <TransportPanel destination={destination} transport={transport} onChange={() => setIsEditing(true)} />
          <AnswersPanel id={id} />
        </div>
        <ConnectorPanel id={id} />
      </Columns>
      {isEditing ? <TransportDialog id={id} before={destination} onClose={() => setIsEditing(false)} /> : null}
    </div>
  );
}
