import { IconRoute } from '@tabler/icons-react';
import { useStore } from 'zustand';
import { documentStore } from '#renderer/client/documents.ts';
import { useQuery } from '#renderer/client/use-query.ts';
import { Loading } from '#renderer/frame/loading.tsx';
import { requestOverlay } from '#renderer/frame/overlays.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Callout } from '#renderer/ui/callout.tsx';
import { Num } from '#renderer/ui/num.tsx';
import { Page } from '#renderer/ui/page.tsx';
import { Panel, Stat, StatRow } from '#renderer/ui/panel.tsx';
import { EmptyState, ErrorState } from '#renderer/ui/placeholders.tsx';
import { approximate, counted, exact, perSecond } from '#renderer/ui/quantity.ts';
import classes from './flow.module.css';
import { FlowPicture } from './picture.tsx';
import { DestinationTable, SourceTable } from './tables.tsx';
import { type FlowModel, useFlow } from './use-flow.ts';

/** Sources to destinations: what comes in, what becomes of it, where it goes; a picture first, exact figures behind it. */
export function Flow() {
  const isLoaded = useStore(documentStore, (state) => state.isLoaded);
  const model = useFlow();
  if (!isLoaded) return <Loading rows={8} label="the flow" />;
  return model.sources.length === 0 ? <NothingFlows hasSource={false} /> : <FlowPage model={model} />;
}

function NothingFlows({ hasSource }: { readonly hasSource: boolean }) {
  return (
    <EmptyState
      icon={<IconRoute size={20} stroke={1.6} />}
      title={hasSource ? 'No destination to flow to' : 'No source to flow from'}
      action={
        <Button look="primary" onClick={() => requestOverlay({ type: hasSource ? 'destination' : 'source' })}>
          {hasSource ? 'Add a destination…' : 'Add a source…'}
        </Button>
      }
    >
      {hasSource
        ? 'Events of your sources are accepted and counted. They go nowhere until there is a destination.'
        : 'A source is an app that sends events: any Segment SDK with its host set to this gateway, or plain JSON.'}
    </EmptyState>
  );
}

function FlowPage({ model }: { readonly model: FlowModel }) {
  const ledger = useQuery('ledger.read', {}, { refreshMs: 2000 });
  return (
    <Page>
      <Totals model={model} />
      <Unbalanced data={ledger.data} />
      {model.shown.length === 0 ? (
        <NothingFlows hasSource />
      ) : (
        <Panel title="From where to where" note="width is events a second; a dashed band is stopped and keeps its events" isFlush>
          <div className={classes.scroll}>
            <FlowPicture model={model} />
          </div>
        </Panel>
      )}
      {ledger.data === null ? (
        ledger.error !== null ? (
          <ErrorState
            error={ledger.error}
            meaning="The exact counts are not known now. Events are not touched by it."
            onRetry={ledger.reload}
          />
        ) : (
          <Loading rows={6} label="the ledger" />
        )
      ) : (
        <>
          <Panel title="Sources" note="all that ever came, exact" isFlush>
            <SourceTable sources={ledger.data.sources} rates={model.rates} />
          </Panel>
          <div id="flow-destinations">
            <Panel title="Destinations" note="every accepted event is in exactly one state" isFlush>
              <DestinationTable ledgers={ledger.data.ledgers} />
            </Panel>
          </div>
        </>
      )}
    </Page>
  );
}

function Totals({ model }: { readonly model: FlowModel }) {
  const sources = [...model.rates.sources.values()];
  const ticks = [...model.destinations.values()].map((live) => live.tick);
  const sum = <T,>(items: readonly T[], read: (item: T) => number) => items.reduce((total, item) => total + read(item), 0);
  const hasData = model.rates.spanMs > 0;
  const of = (value: number) => (hasData ? value : null);
  const delivered = sum([...model.rates.flows.values()], (out) => sum([...out.values()], (rate) => rate));
  return (
    <StatRow>
      <Stat label="Received" note={counted(model.sources.length, 'source')}>
        <Num of={perSecond(of(sum(sources, (source) => source.received)))} size="large" />
      </Stat>
      <Stat label="Accepted" note="stored first">
        <Num of={perSecond(of(sum(sources, (source) => source.accepted)))} size="large" />
      </Stat>
      <Stat label="Duplicates" note="kept once">
        <Num of={perSecond(of(sum(sources, (source) => source.duplicate)))} size="large" />
      </Stat>
      <Stat label="Turned away" note="bad or refused">
        <Num
          of={perSecond(of(sum(sources, (source) => source.malformed + source.quarantined + source.throttled + source.refused)))}
          size="large"
        />
      </Stat>
      <Stat label="Delivered" note={counted(ticks.length, 'destination')}>
        <Num of={perSecond(of(delivered))} size="large" />
      </Stat>
      <Stat label="Dropped" note="by a switch">
        <Num of={perSecond(of(sum([...model.rates.dropped.values()], (rate) => rate)))} size="large" />
      </Stat>
      <Stat label="Waiting" note="to be sent">
        <Num of={approximate(of(sum(ticks, (tick) => tick.waiting + tick.held)))} size="large" />
      </Stat>
      <Stat label="Dead letters" note="kept for a person">
        <Num of={exact(of(sum(ticks, (tick) => tick.dead)))} size="large" />
      </Stat>
    </StatRow>
  );
}

type Ledgers = ReturnType<typeof useQuery<'ledger.read'>>['data'];

function Unbalanced({ data }: { readonly data: Ledgers }) {
  const wrong = [
    ...(data?.ledgers.filter((each) => !each.balanced).map((each) => each.destination) ?? []),
    ...(data?.sources.filter((each) => !each.balanced).map((each) => each.source) ?? []),
  ];
  return wrong.length === 0 ? null : (
    <Callout state="failing" title="The ledger does not balance">
      The books of {wrong.join(', ')} do not add up. That is a bug of the gateway, not of a vendor: keep its data folder and log, and report
      it.
    </Callout>
  );
}
