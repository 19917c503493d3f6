import { useFlowRates } from '#renderer/streams/flow-rates.ts';
import { useTelemetry } from '#renderer/streams/telemetry.ts';
import { Num } from '#renderer/ui/num.tsx';
import { Stat, StatRow } from '#renderer/ui/panel.tsx';
import { age, approximate, counted, exact, perSecond } from '#renderer/ui/quantity.ts';
import { useNow } from '#renderer/ui/use-now.ts';

/** The few numbers that say at a glance whether it is a normal hour. */
export function KeyNumbers() {
  const rates = useFlowRates();
  const live = useTelemetry((state) => state.destinations);
  const now = useNow();
  const all = [...live.values()];
  const has = rates.spanMs > 0;
  const accepted = [...rates.sources.values()].reduce((sum, source) => sum + source.accepted, 0);
  const delivered = [...rates.flows.values()].reduce((sum, out) => sum + [...out.values()].reduce((total, rate) => total + rate, 0), 0);
  const waiting = all.reduce((sum, each) => sum + each.tick.waiting + each.tick.held + each.tick.retrying, 0);
  const oldest = all.reduce<number | null>(
    (least, { tick }) => (tick.oldestAt === null ? least : Math.min(least ?? tick.oldestAt, tick.oldestAt)),
    null,
  );
  const dead = all.reduce((sum, each) => sum + each.tick.dead, 0);
  const well = all.filter((each) => each.state === 'healthy').length;
  const idle = all.filter((each) => each.state === 'none').length;
  return (
    <StatRow>
      <Stat label="Accepted" note="from all sources">
        <Num of={perSecond(has ? accepted : null)} size="large" />
      </Stat>
      <Stat label="Delivered" note="to all destinations">
        <Num of={perSecond(has ? delivered : null)} size="large" />
      </Stat>
      <Stat label="Healthy" note={idle === 0 ? `of ${counted(all.length, 'destination')}` : `of ${all.length}, ${idle} idle`}>
        <Num of={exact(all.length === 0 ? null : well)} size="large" />
      </Stat>
      <Stat label="Not settled" note="waiting or retrying">
        <Num of={approximate(has ? waiting : null)} size="large" />
      </Stat>
      <Stat label="Oldest of them" note="since received">
        <Num of={age(oldest === null ? null : Math.max(0, now - oldest))} size="large" />
      </Stat>
      <Stat label="Dead letters" note="kept for a person">
        <Num of={exact(has ? dead : null)} size="large" />
      </Stat>
    </StatRow>
  );
}
