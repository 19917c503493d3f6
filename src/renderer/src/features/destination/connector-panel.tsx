import { useDocument } from '#renderer/client/documents.ts';
import { useQuery } from '#renderer/client/use-query.ts';
import { Loading } from '#renderer/frame/loading.tsx';
import { Facts, Panel } from '#renderer/ui/panel.tsx';
import { ErrorState } from '#renderer/ui/placeholders.tsx';
import { age, bytes, counted, duration, toText } from '#renderer/ui/quantity.ts';
import classes from './destination.module.css';

/** What the vendor's connector can and cannot do, and how hard this destination may drive it. */
export function ConnectorPanel({ id }: { readonly id: string }) {
  const destination = useDocument('destination', id)?.value ?? null;
  const { data, error, isLoading, reload } = useQuery('connector.list', {});
  const connector = data?.connectors.find((each) => each.id === destination?.connector) ?? null;
  if (data === null)
    return (
      <Panel title="Connector">
        {error === null || isLoading ? <Loading rows={5} label="the connector" /> : <ErrorState error={error} onRetry={reload} />}
      </Panel>
    );
  if (connector === null || destination === null) return null;
  const { delivery, hold } = destination;
  return (
    <Panel title={connector.title} note="limits and notes">
      <Facts
        items={[
          {
            label: 'Answers',
            value: connector.confirms ? 'Confirms each delivery' : 'Accepts, never confirms: “delivered” means accepted here',
          },
          { label: 'Sent twice?', value: connector.dedupeNote },
          {
            label: 'Takes events',
            value: connector.freshnessMs === null ? 'of any age' : `up to ${toText(age(connector.freshnessMs))} old`,
          },
          { label: 'Request', value: `at most ${counted(connector.maxBatch, 'event')}, ${toText(bytes(connector.maxBodyBytes))}` },
          { label: 'Reaches people', value: connector.messagesPeople ? 'Yes: opening it again is guarded' : 'No' },
          { label: 'Address', value: <code>{destination.endpoint ?? connector.defaultEndpoint ?? 'not set'}</code> },
          {
            label: 'Driven with',
            value: `${counted(delivery.concurrency, 'request')} at once, ${counted(delivery.batchSize, 'event')} each, ${toText(duration(delivery.timeoutMs))} time limit, ${counted(delivery.maxAttempts, 'attempt')}`,
          },
          {
            label: 'Keeps, parked',
            value: `${toText(age(hold.ageMs))} or ${toText(bytes(hold.bytes))}, then ${hold.onLimit === 'expire' ? 'its own oldest expire' : 'ingest is refused'}`,
          },
        ]}
      />
      {connector.notes.length === 0 ? null : (
        <ul className={classes.notes}>
          {connector.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
