import type { Destination } from '#contract/documents/destination.ts';
import { requestOverlay } from '#renderer/frame/overlays.ts';
import { href } from '#renderer/frame/router.ts';
import { Callout } from '#renderer/ui/callout.tsx';
import { Facts, Panel } from '#renderer/ui/panel.tsx';
import { age, counted, duration, exact, perSecond, ratio, toText } from '#renderer/ui/quantity.ts';
import { type Column, Table } from '#renderer/ui/table.tsx';
import { useNow } from '#renderer/ui/use-now.ts';
import { ChangeButton } from '../change-button.tsx';
import classes from '../destination.module.css';
import type { LaneLimits } from '../use-lane.ts';
import { rateText } from './words.ts';

type Hot = NonNullable<LaneLimits['order']>['hot'][number];

/** How fast it may go and why not faster: the vendor's rate, what was asked for, resends, order of each user. */
export function PacePanel({
  id,
  destination,
  lane,
  onChange,
}: {
  readonly id: string;
  readonly destination: Destination;
  readonly lane: LaneLimits;
  readonly onChange: () => void;
}) {
  const now = useNow();
  const rate = rateText(lane.rate, now);
  const { delivery } = destination;
  const { available, floorPerSecond } = lane.retryBudget;
  return (
    <Panel title="Pace" actions={<ChangeButton onClick={onChange} />}>
      <div className={classes.stack}>
        {lane.apartFor === null ? null : (
          <Callout state="degraded" title="One event at a time, each encoded apart">
            The gateway died several times while this destination worked. The event at fault becomes a dead letter of class poison; after{' '}
            {counted(lane.apartFor, 'more event')} it goes on as before. <a href={href(`/flow/dead-letters/${id}`)}>Its dead letters</a>
          </Callout>
        )}
        <Facts
          items={[
            { label: 'Events a second', value: rate.now },
            ...(rate.why === null ? [] : [{ label: 'Slowed', value: rate.why }]),
            ...(lane.pausedUntil === null
              ? []
              : [{ label: 'Paused', value: `The vendor asked to be left alone: for ${toText(age(lane.pausedUntil - now))} more.` }]),
            {
              label: 'Resends',
              value: `${toText(exact(available))} may go now; ${toText(ratio(delivery.retryShare))} of what is sent for the first time, beside ${toText(perSecond(floorPerSecond))}`,
            },
            {
              label: 'Too old to send',
              value: delivery.maxAgeMs === undefined ? 'as the vendor says' : `after ${toText(duration(delivery.maxAgeMs))}`,
            },
            { label: 'Order', value: orderText(lane.order) },
          ]}
        />
        {lane.order === null || lane.order.hot.length === 0 ? null : <HotUsers hot={lane.order.hot} />}
      </div>
    </Panel>
  );
}

function orderText(order: LaneLimits['order']): string {
  if (order === null) return 'any: what is ready goes';
  const { users, waiting, givenUp } = order;
  const gave = givenUp === 0 ? '' : `; order given up for ${counted(givenUp, 'user')}, who had too much waiting`;
  return `strict for each user: ${counted(users, 'user')} under way, ${counted(waiting, 'event')} behind an earlier one${gave}`;
}

const columns: readonly Column<Hot>[] = [
  {
    id: 'message',
    title: 'First that waits',
    cell: ({ messageId }) => (
      <button type="button" className={classes.messageId} title={messageId} onClick={() => requestOverlay({ type: 'where', messageId })}>
        {messageId}
      </button>
    ),
  },
  { id: 'waiting', title: 'Waiting', align: 'end', width: '80px', cell: ({ waiting }) => toText(exact(waiting)) },
  { id: 'blocked', title: 'Blocked for', align: 'end', width: '96px', cell: ({ blockedMs }) => toText(age(blockedMs)) },
];

function HotUsers({ hot }: { readonly hot: readonly Hot[] }) {
  return <Table label="Users with most waiting" columns={columns} rows={hot} rowKey={({ messageId }) => messageId} isDense isFixed />;
}
