import { useState } from 'react';
import type { Destination } from '#contract/documents/destination.ts';
import { Loading } from '#renderer/frame/loading.tsx';
import { Columns } from '#renderer/ui/page.tsx';
import { ErrorState } from '#renderer/ui/placeholders.tsx';
import classes from '../destination.module.css';
import { RolloutPanel } from '../rollout-panel.tsx';
import { useLane, useTransport } from '../use-lane.ts';
import { BreakerPanel } from './breaker-panel.tsx';
import { EndpointsDialog } from './endpoints-dialog.tsx';
import { EndpointsPanel } from './endpoints-panel.tsx';
import { PaceDialog } from './pace-dialog.tsx';
import { PacePanel } from './pace-panel.tsx';

/** What lets events through to a vendor, and where to: breaker, pace, endpoints. */
export function DeliveryTab({ id, destination }: { readonly id: string; readonly destination: Destination }) {
  const lane = useLane(id);
  const { transport } = useTransport(id);
  const [editing, setEditing] = useState<'pace' | 'endpoints' | null>(null);
  const close = () => setEditing(null);
  if (lane.data === null)
    return lane.error === null || lane.isLoading ? (
      <Loading rows={12} label="how its events are delivered" />
    ) : (
      <ErrorState error={lane.error} onRetry={lane.reload} />
    );
  return (
    <div className={classes.stack}>
      <Columns>
        <BreakerPanel id={id} destination={destination} breaker={lane.data.breaker} onChange={() => setEditing('pace')} />
        <PacePanel id={id} destination={destination} lane={lane.data} onChange={() => setEditing('pace')} />
      </Columns>
      {transport === null ? null : (
        <EndpointsPanel destination={destination} transport={transport} onChange={() => setEditing('endpoints')} />
      )}
      <RolloutPanel id={id} canStart />
      {editing === 'pace' ? <PaceDialog id={id} before={destination} onClose={close} /> : null}
      {editing === 'endpoints' ? <EndpointsDialog id={id} before={destination} onClose={close} /> : null}
    </div>
  );
}
