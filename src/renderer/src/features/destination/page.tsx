import { IconArrowLeft, IconKey } from '@tabler/icons-react';
import { useStore } from 'zustand';
import { documentStore, useDocument } from '#renderer/client/documents.ts';
import { requestOverlay } from '#renderer/frame/overlays.ts';
import { href } from '#renderer/frame/router.ts';
import { useDestinationLive } from '#renderer/streams/telemetry.ts';
import { Button } from '#renderer/ui/button.tsx';
import { ViewHeader } from '#renderer/ui/panel.tsx';
import { EmptyState, Skeleton } from '#renderer/ui/placeholders.tsx';
import { StateLabel } from '#renderer/ui/status-mark.tsx';
import { Tag } from '#renderer/ui/tag.tsx';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import { AnswersPanel } from './answers-panel.tsx';
import { DestinationCharts } from './charts.tsx';
import { Claim } from './claim.tsx';
import { ConnectorPanel } from './connector-panel.tsx';
import classes from './destination.module.css';
import { LedgerPanel } from './ledger.tsx';
import { DestinationStats } from './stats.tsx';
import { SwitchHistory } from './switch-history.tsx';
import { SwitchAct, SwitchPanel } from './switch-panel.tsx';
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

/** All of one vendor: live, its switch, its ledger, its connector, its changes. */
export function DestinationPage({ id }: { readonly id: string }) {
  const document = useDocument('destination', id);
  const isLoaded = useStore(documentStore, (state) => state.isLoaded);
  if (!isLoaded) return <Skeleton rows={12} label="Loading the destination" />;
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
            <Claim id={id} />
            <Button icon={<IconKey size={14} stroke={1.6} />} onClick={() => requestOverlay({ type: 'credential', destination: id })}>
              Credential…
            </Button>
            <SwitchAct id={id} isFirst />
          </>
        }
      />
      <div className={classes.scroll}>
        <DestinationStats id={id} />
        <div className={classes.columns}>
          <DestinationCharts id={id} />
          <div className={classes.side}>
            <SwitchPanel id={id} />
            <VerdictPanel id={id} />
            <LedgerPanel id={id} />
            <AnswersPanel id={id} />
            <WhereBox />
            <SwitchHistory id={id} />
            <ConnectorPanel id={id} />
          </div>
        </div>
      </div>
    </div>
  );
}
