import { useState } from 'react';
import type { Destination } from '#contract/documents/destination.ts';
import { command } from '#renderer/client/session.ts';
import { Button } from '#renderer/ui/button.tsx';
import { ConfirmDialog } from '#renderer/ui/confirm-dialog.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import { age, ratio, toText } from '#renderer/ui/quantity.ts';
import { StatusMark } from '#renderer/ui/status-mark.tsx';
import { type Column, Table } from '#renderer/ui/table.tsx';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import { useNow } from '#renderer/ui/use-now.ts';
import { ChangeButton } from '../change-button.tsx';
import classes from '../destination.module.css';
import type { DestinationTransport } from '../use-lane.ts';
import { actWithUndo } from '../with-undo.ts';
import { breakerMarks, breakerWords, failBackText } from './words.ts';

type Endpoint = DestinationTransport['endpoints'][number];

/** Chooses an endpoint, or lets the gateway choose (null). Undo goes back to what was wanted before. */
async function chooseEndpoint(transport: DestinationTransport, name: string, endpoint: string | null, reason: string): Promise<void> {
  const { destination, pinned, active } = transport;
  await actWithUndo({
    toastId: `endpoint ${destination}`,
    act: `Choosing the endpoint of ${name}`,
    done: endpoint === null ? `The gateway chooses the endpoint of ${name}` : `${name} goes to ${endpoint} until it is given back`,
    run: () => command('endpoint.use', { destination, endpoint, reason }),
    undo: ({ revision }) =>
      command('endpoint.use', { destination, endpoint: pinned ? active : null, expectedRevision: revision, reason: 'undo' }),
  });
}

/** Where events go, in the order in which endpoints take over: health, share, why this one, and when it goes back. */
export function EndpointsPanel({
  destination,
  transport,
  onChange,
}: {
  readonly destination: Destination;
  readonly transport: DestinationTransport;
  readonly onChange: () => void;
}) {
  const now = useNow();
  const [chosen, setChosen] = useState<string | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const { endpoints } = destination;
  const act = async (endpoint: string | null, reason: string) => {
    setIsBusy(true);
    await chooseEndpoint(transport, destination.name, endpoint, reason);
    setIsBusy(false);
    setChosen(null);
  };
  const back = endpoints === undefined ? null : failBackText(transport, endpoints, now);
  return (
    <Panel
      title="Endpoints"
      note={modeWords[transport.mode]}
      isFlush
      actions={<ChangeButton onClick={onChange} label={endpoints === undefined ? 'Add an endpoint…' : 'Change…'} />}
    >
      <Table
        label="Endpoints"
        columns={columnsOf(destination, transport, (id) => setChosen(id))}
        rows={transport.endpoints}
        rowKey={({ id }) => id}
        isFixed
      />
      {transport.mode === 'single' ? null : (
        <div className={classes.below}>
          {transport.why === '' ? null : (
            <p>
              {transport.active} since <TimeAgo at={transport.since} />: {transport.why}
            </p>
          )}
          {back === null ? null : <p className={classes.quiet}>{back}</p>}
          {transport.pinned ? (
            <div className={classes.acts}>
              <Button size="small" look="primary" isBusy={isBusy} onClick={() => void act(null, '')}>
                Let the gateway choose
              </Button>
            </div>
          ) : null}
        </div>
      )}
      <ConfirmDialog
        isOpen={chosen !== null}
        onClose={() => setChosen(null)}
        title={`Send ${destination.name} to ${chosen ?? ''}`}
        action={`Use ${chosen ?? ''}`}
        reason="optional"
        isBusy={isBusy}
        onConfirm={({ reason }) => void act(chosen, reason)}
      >
        <p>
          All its events go there, healthy or not, until somebody lets the gateway choose again. Where the endpoint is in another dedupe
          domain, events without a verdict stay behind.
        </p>
      </ConfirmDialog>
    </Panel>
  );
}

const modeWords = {
  single: 'one; nothing takes over when it fails',
  ordered: 'in order: the first healthy one has all events',
  spread: 'the load is shared by weight and health',
} as const;

function columnsOf(destination: Destination, transport: DestinationTransport, onChoose: (id: string) => void): readonly Column<Endpoint>[] {
  const isSpread = transport.mode === 'spread';
  return [
    {
      id: 'endpoint',
      title: 'Endpoint',
      cell: ({ id, url }) => (
        <span className={classes.two}>
          <strong>{id}</strong>
          <code className={classes.ellipsis} title={url}>
            {url}
          </code>
        </span>
      ),
    },
    {
      id: 'health',
      title: 'Health',
      width: '144px',
      cell: (endpoint) => <Health endpoint={endpoint} isActive={endpoint.id === transport.active} />,
    },
    {
      id: 'share',
      title: 'Share',
      align: 'end',
      width: '76px',
      cell: ({ share }) => toText(ratio(share)),
    },
    ...(isSpread
      ? [{ id: 'weight', title: 'Weight', align: 'end' as const, width: '64px', cell: ({ id }: Endpoint) => weightOf(destination, id) }]
      : []),
    { id: 'domain', title: 'Dedupes with', width: '108px', cell: ({ dedupeDomain }) => dedupeDomain },
    ...(transport.mode === 'ordered'
      ? [
          {
            id: 'act',
            title: <span className="visually-hidden">Choose</span>,
            align: 'end' as const,
            width: '88px',
            cell: ({ id }: Endpoint) =>
              id === transport.active ? (
                <span className={classes.quiet}>{transport.pinned ? 'chosen' : 'in use'}</span>
              ) : (
                <Button size="small" aria-label={`Use ${id}`} onClick={() => onChoose(id)}>
                  Use it…
                </Button>
              ),
          },
        ]
      : []),
  ];
}

function weightOf({ endpoints }: Destination, id: string): number {
  return endpoints?.others.find((other) => other.id === id)?.weight ?? endpoints?.weight ?? 1;
}

function Health({ endpoint: { breaker, healthySince }, isActive }: { readonly endpoint: Endpoint; readonly isActive: boolean }) {
  const now = useNow();
  const isKnown = isActive || breaker !== 'closed' || healthySince !== null;
  return (
    <span className={classes.effective}>
      <StatusMark state={isKnown ? breakerMarks[breaker] : 'none'} />
      {isActive || breaker !== 'closed'
        ? breakerWords[breaker]
        : healthySince === null
          ? 'No good probe'
          : `Well for ${toText(age(now - healthySince))}`}
    </span>
  );
}
