import { useEffect, useState } from 'react';
import type { SwitchMode, SwitchScope } from '#contract/documents/switch.ts';
import { useQuery } from '#renderer/client/use-query.ts';

/**
 * What setting a switch would touch, asked as a dry run and again every 3 s while the dialog is open, so that the
 * counts are of now. Null scope: nothing is asked. Typing an event name waits for a pause.
 */
export function usePreview(scope: SwitchScope | null, mode: SwitchMode, pacePerSecond: number | null = null) {
  const settled = useSettled(scope === null ? '' : JSON.stringify(scope), 300);
  const isSettled = scope !== null && settled === JSON.stringify(scope);
  const input = isSettled ? { scope, mode, dryRun: true, ...(pacePerSecond === null ? {} : { pacePerSecond }) } : null;
  const { data, error, isLoading, reload } = useQuery('switch.set', input, { refreshMs: 3000 });
  return { preview: data?.preview ?? null, error, isLoading, reload };
}

function useSettled(value: string, delayMs: number): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), delayMs);
    return () => clearTimeout(timer);
  }, [value, delayMs]);
  return settled;
}
