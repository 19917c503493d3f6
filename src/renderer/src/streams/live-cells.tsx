import { memo } from 'react';
import { Num } from '#renderer/ui/num.tsx';
import { perSecond } from '#renderer/ui/quantity.ts';
import { stateLooks } from '#renderer/ui/state.ts';
import { StateLabel, StatusMark } from '#renderer/ui/status-mark.tsx';
import { useDestinationLive, useTelemetry } from './telemetry.ts';

/** State of a destination as its mark. Each follows its own destination, so that a table of hundreds is not drawn anew with every tick. */
export const LiveMark = memo(function LiveMark({ id }: { readonly id: string }) {
  const state = useDestinationLive(id)?.state ?? 'none';
  return <StatusMark state={state} label={stateLooks[state].word} />;
});

/** Mark and word. */
export const LiveState = memo(function LiveState({ id }: { readonly id: string }) {
  return <StateLabel state={useDestinationLive(id)?.state ?? 'none'} />;
});

/** Events delivered to a destination a second. */
export const LiveRate = memo(function LiveRate({ id }: { readonly id: string }) {
  return <Num of={perSecond(useDestinationLive(id)?.ratePerSecond)} />;
});

/** Events accepted from a source a second. */
export const LiveSourceRate = memo(function LiveSourceRate({ id }: { readonly id: string }) {
  const accepted = useTelemetry((state) => state.sources.get(id)?.accepted);
  const windowMs = useTelemetry((state) => state.tick?.windowMs ?? 1000);
  return <Num of={perSecond(accepted === undefined ? null : (accepted * 1000) / Math.max(1, windowMs))} />;
});
