import { IconShieldCheck } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useDocuments } from '#renderer/client/documents.ts';
import { useQuery } from '#renderer/client/use-query.ts';
import { Answer } from '#renderer/frame/answer.tsx';
import { href, navigate, setQuery, useRoute } from '#renderer/frame/router.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Num } from '#renderer/ui/num.tsx';
import { Page } from '#renderer/ui/page.tsx';
import { Stat, StatRow } from '#renderer/ui/panel.tsx';
import { EmptyState } from '#renderer/ui/placeholders.tsx';
import { bytes, exact, toText } from '#renderer/ui/quantity.ts';
import {
  type Act,
  type Choice,
  everything,
  fromQuery,
  type Group,
  type Grouping,
  groupingFrom,
  type HeldEvent,
  type Meant,
  type Totals,
  toQuery,
} from './choice.ts';
import { DiscardEvents } from './discard-dialog.tsx';
import { EventInspector } from './event-inspector.tsx';
import { HeldEvents } from './held-events.tsx';
import { HeldGroups } from './held-groups.tsx';
import classes from './quarantine.module.css';
import { ReleaseDialog } from './release-dialog.tsx';

/** Events that broke their plan and wait for a person: what broke, how many, and out again once the plan is right. */
export function Quarantine() {
  const by = useRoute((route) => groupingFrom(route.query.by));
  const [choice, setChoice] = useState<Choice>(everything);
  const [inspected, setInspected] = useState<HeldEvent | null>(null);
  const source = useRoute((route) => route.query.source);
  const event = useRoute((route) => route.query.event);
  const plan = useRoute((route) => route.query.plan);
  // The address may be changed by a link, or by going back; what it cannot say stays until then.
  useEffect(() => setChoice(fromQuery({ source, event, plan })), [source, event, plan]);
  const overview = useQuery('quarantine.list', { by, limit: 1 }, { refreshMs: 5000 });
  // Here, and not beside what it is about: the last event may be gone before its outcome was read.
  const [asking, setAsking] = useState<{ readonly act: Act; readonly meant: Meant; readonly title: string } | null>(null);
  const [turn, setTurn] = useState(0);
  const done = () => {
    overview.reload();
    setTurn((before) => before + 1);
    if (asking?.meant.ids !== undefined) setInspected(null);
  };
  const choose = (next: Choice) => {
    setQuery(toQuery(next));
    setChoice(next);
    setInspected(null);
  };
  return (
    <div className={classes.split}>
      <Page>
        <Answer
          query={overview}
          label="the quarantine"
          meaning="What is held is not known now. It stays held: nothing is lost by it."
          rows={8}
        >
          {({ totals, groups }) => (
            <>
              <TotalsRow totals={totals} />
              {totals.held === 0 ? (
                <NothingHeld hasHistory={totals.quarantined > 0} />
              ) : (
                <div className={classes.browser}>
                  <HeldGroups
                    by={by}
                    groups={groups}
                    held={totals.held}
                    choice={choice}
                    onBy={(next: Grouping) => {
                      setQuery({ by: next === 'event' ? '' : next });
                      choose(everything);
                    }}
                    onChoose={choose}
                  />
                  <HeldEvents
                    key={JSON.stringify(choice)}
                    choice={choice}
                    count={countOf(choice, groups, totals)}
                    inspected={inspected?.id ?? null}
                    turn={turn}
                    onInspect={setInspected}
                    onAsk={(act, title) => setAsking({ act, meant: choice, title })}
                  />
                </div>
              )}
            </>
          )}
        </Answer>
      </Page>
      {inspected === null ? null : (
        <EventInspector
          event={inspected}
          onClose={() => setInspected(null)}
          onAsk={(act) => setAsking({ act, meant: { ids: [inspected.id] }, title: 'one held event' })}
        />
      )}
      {asking?.act === 'release' ? (
        <ReleaseDialog choice={asking.meant} title={asking.title} onClose={() => setAsking(null)} onDone={done} />
      ) : null}
      {asking?.act === 'discard' ? (
        <DiscardEvents choice={asking.meant} title={asking.title} onClose={() => setAsking(null)} onDone={done} />
      ) : null}
    </div>
  );
}

/** Exact where the groups tell; null where they are of something else, or there are more groups than are told. */
function countOf(choice: Choice, groups: readonly Group[], { held }: Totals): number | null {
  if (Object.keys(choice).length === 0) return held;
  const { source, event, plan, violation } = choice;
  const group = groups.find(
    (each) =>
      each.source === source &&
      each.event === event &&
      each.plan === plan &&
      each.violation?.path === violation?.path &&
      each.violation?.message === violation?.message,
  );
  return group?.events ?? null;
}

function TotalsRow({ totals }: { readonly totals: Totals }) {
  return (
    <StatRow>
      <Stat label="Held now" note={`${toText(bytes(totals.bytes))} on disk`}>
        <Num of={exact(totals.held)} size="large" />
      </Stat>
      <Stat label="Released" note="went on to destinations">
        <Num of={exact(totals.released)} size="large" />
      </Stat>
      <Stat label="Discarded" note="by a person">
        <Num of={exact(totals.discarded)} size="large" />
      </Stat>
      <Stat label="Expired" note="nobody came in time">
        <Num of={exact(totals.expired)} size="large" />
      </Stat>
      <Stat label="Quarantined in all" note="the sum of the four">
        <Num of={exact(totals.quarantined)} size="large" />
      </Stat>
    </StatRow>
  );
}

function NothingHeld({ hasHistory }: { readonly hasHistory: boolean }) {
  const plans = useDocuments('plan');
  const catches = plans.some(({ value }) => {
    if (value === null) return false;
    const modes = [value.mode, value.unplanned, ...Object.values(value.events).map(({ mode }) => mode)];
    return modes.includes('quarantine');
  });
  return (
    <EmptyState
      icon={<IconShieldCheck size={20} stroke={1.6} />}
      title="Nothing is in quarantine"
      action={
        catches ? (
          <a href={href('/flow/plans')}>See the tracking plans</a>
        ) : (
          <Button look="primary" onClick={() => navigate('/flow/plans')}>
            {plans.length === 0 ? 'Add a tracking plan…' : 'See the tracking plans'}
          </Button>
        )
      }
    >
      {catches
        ? hasHistory
          ? 'All that was caught has been dealt with. What breaks its plan next waits here.'
          : 'Events that break their tracking plan wait here, unsent and unharmed, until somebody fixes the plan or discards them.'
        : 'No tracking plan quarantines: events that break one flow on or are turned away. A plan in the mode “quarantine” keeps them here instead, until somebody decides.'}
    </EmptyState>
  );
}
