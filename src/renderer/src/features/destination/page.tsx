import { IconArrowLeft, IconKey } from '@tabler/icons-react';
import { useStore } from 'zustand';
import { documentStore, useDocument } from '#renderer/client/documents.ts';
import { HistoryButton } from '#renderer/frame/history-button.tsx';
import { Loading } from '#renderer/frame/loading.tsx';
import { requestOverlay } from '#renderer/frame/overlays.ts';
import { href, useRoute } from '#renderer/frame/router.ts';
import { useDestinationLive } from '#renderer/streams/telemetry.ts';
import { Button } from '#renderer/ui/button.tsx';
import { ViewHeader } from '#renderer/ui/panel.tsx';
import { EmptyState } from '#renderer/ui/placeholders.tsx';
import { StateLabel } from '#renderer/ui/status-mark.tsx';
import { LinkTabs } from '#renderer/ui/tabs.tsx';
import { Tag } from '#renderer/ui/tag.tsx';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import { DestinationCharts } from './charts.tsx';
import { Claim } from './claim.tsx';
import { ConnectionTab } from './connection/connection-tab.tsx';
import { DeliveryTab } from './delivery/delivery-tab.tsx';
import classes from './destination.module.css';
import { LedgerPanel } from './ledger.tsx';
import { RolloutPanel } from './rollout-panel.tsx';
import { DestinationStats } from './stats.tsx';
import { SwitchHistory } from './switch-history.tsx';
import { SwitchAct, SwitchPanel } from './switch-panel.tsx';
import { useTransportWarnings } from './use-lane.ts';
import { VerdictPanel } from './verdict-panel.tsx';
import { WhereBox } from './where-box.tsx';

function State({ id }: { readonly id: string }) {
  const live = useDestinationLive(id);
  if (live === undefined) return <StateLabel state="none" />;
  return (
    <span className={classes.headState}>
      <StateLabel state={live.state}>
        <TimeAgo at={live.tick.since} style="rough" />
      </StateLabel>
      <span className={classes.why} title={live.tick.why}>
        {live.tick.why}
      </span>
    </span>
  );
}

const tabs = [
  { id: '', title: 'Live' },
  { id: 'delivery', title: 'Delivery' },
  { id: 'connection', title: 'Connection' },
] as const;

/** All of one vendor: live, its switch and ledger; what lets events through; how it is reached. */
export function DestinationPage({ id }: { readonly id: string }) {
  const document = useDocument('destination', id);
  const wanted = useRoute((route) => route.segments[2] ?? '');
  const tab = tabs.find((each) => each.id === wanted)?.id ?? '';
  const warnings = useTransportWarnings(id);
  const isLoaded = useStore(documentStore, (state) => state.isLoaded);
  if (!isLoaded) return <Loading rows={12} label="the destination" />;
  if (document?.value == null) {
    return (
      <EmptyState title="There is no such destination" action={<a href={href('/destinations')}>All destinations</a>}>
        The address names “{id}”, which this gateway does not have.
      </EmptyState>
    );
  }
  const { name, connector, tags, demo } = document.value;
  return (
    <div className={classes.page}>
      <ViewHeader
        lead={
          <a className={classes.back} href={href('/destinations')} aria-label="All destinations" title="All destinations">
            <IconArrowLeft size={16} stroke={1.6} />
          </a>
        }
        title={name}
        note={
          <span className={classes.tags}>
            <Tag>{connector}</Tag>
            {demo ? <Tag look="dashed">demo</Tag> : null}
            {tags.map((tag) => (
              <Tag key={tag}>{tag}</Tag>
            ))}
            <State id={id} />
          </span>
        }
        actions={
          <>
            <HistoryButton kind="destination" id={id} name={name} />
            <Claim id={id} />
            <Button icon={<IconKey size={14} stroke={1.6} />} onClick={() => requestOverlay({ type: 'credential', destination: id })}>
              Credential…
            </Button>
            <SwitchAct id={id} isFirst />
          </>
        }
      />
      <LinkTabs
        label={`Pages of ${name}`}
        current={tab}
        items={tabs.map((each) => ({
          ...each,
          href: href(each.id === '' ? `/destinations/${id}` : `/destinations/${id}/${each.id}`),
          ...(each.id === 'connection' ? { count: warnings } : {}),
        }))}
      />
      <div className={classes.scroll} data-tab={tab}>
        {tab === '' ? <LiveTab id={id} /> : null}
        {tab === 'delivery' ? <DeliveryTab id={id} destination={document.value} /> : null}
        {tab === 'connection' ? <ConnectionTab id={id} destination={document.value} /> : null}
      </div>
    </div>
  );
}

function LiveTab({ id }: { readonly id: string }) {
  return (
    <>
      <DestinationStats id={id} />
      <div className={classes.columns}>
        <DestinationCharts id={id} />
        <div className={classes.side}>
          <SwitchPanel id={id} />
          <RolloutPanel id={id} />
          <VerdictPanel id={id} />
          <LedgerPanel id={id} />
          <WhereBox />
          <SwitchHistory id={id} />
        </div>
      </div>
    </>
  );
}
