import { useDestinationLive } from '#renderer/streams/telemetry.ts';
import { Num } from '#renderer/ui/num.tsx';
import { Stat, StatRow } from '#renderer/ui/panel.tsx';
import { age, approximate, duration, exact, perSecond, ratio, toText } from '#renderer/ui/quantity.ts';
import { useNow } from '#renderer/ui/use-now.ts';

/** The few numbers of a destination that matter. */
export function DestinationStats({ id }: { readonly id: string }) {
  const live = useDestinationLive(id);
  const now = useNow();
  const tick = live?.tick;
  return (
    <StatRow>
      <Stat label="Delivered" note="mean of 10 s">
        <Num of={perSecond(live?.ratePerSecond)} size="large" />
      </Stat>
      <Stat label="Errors" note={live?.topError == null ? 'last minute' : `mostly ${live.topError}`}>
        <Num of={ratio(live?.errorShare)} size="large" />
      </Stat>
      <Stat
        label="Latency p95"
        note={live?.p95 == null ? 'no samples' : live.p95Samples < 100 ? `of ${Math.round(live.p95Samples)} samples` : 'last second'}
      >
        <Num of={duration(live?.p95)} size="large" />
      </Stat>
      <Stat label="Waiting" note={tick === undefined ? '' : `${toText(ratio(Math.max(0, 1 - tick.budgetUsed)))} of the budget left`}>
        <Num of={approximate(tick === undefined ? null : tick.waiting + tick.held)} size="large" />
      </Stat>
      <Stat label="Oldest" note="not yet settled">
        <Num of={tick?.oldestAt == null ? age(null) : age(now - tick.oldestAt)} size="large" />
      </Stat>
      <Stat
        label="Dead letters"
        note={tick === undefined || tick.retrying === 0 ? 'none retrying' : `${toText(exact(tick.retrying))} retrying`}
      >
        <Num of={exact(tick?.dead)} size="large" />
      </Stat>
    </StatRow>
  );
}
