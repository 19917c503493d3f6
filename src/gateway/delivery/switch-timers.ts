/** Timers of switches: each stop that was set for a time opens again by itself, across restarts. */
import type { Document } from '#contract/documents/document.ts';
import { type Switch, scopeLabel } from '#contract/documents/switch.ts';
import { lanesIn } from './blast-radius.ts';
import type { SwitchboardDeps } from './switchboard.ts';

export interface SwitchTimers {
  /** Sets, moves or takes back the timer of a switch as its document says. */
  arm(document: Document<'switch'>): void;
  close(): void;
}

/** The longest that a timer of Node can wait. */
const longestTimerMs = 2 ** 31 - 1;

/** The value of a switch that is to open by itself; null for any other. */
function timed(document: Document<'switch'> | null): (Switch & { readonly until: number }) | null {
  const value = document?.value;
  return value && value.until !== null && value.mode !== 'flow' ? { ...value, until: value.until } : null;
}

export function createSwitchTimers({
  store,
  delivery,
  log,
  now,
}: Pick<SwitchboardDeps, 'store' | 'delivery' | 'log' | 'now'>): SwitchTimers {
  const timers = new Map<string, ReturnType<typeof setTimeout>>();

  function arm(document: Document<'switch'>): void {
    clearTimeout(timers.get(document.id));
    timers.delete(document.id);
    const value = timed(document);
    if (!value) return;
    const waitMs = Math.min(longestTimerMs, Math.max(0, value.until - now()));
    timers.set(
      document.id,
      setTimeout(() => reopen(document.id), waitMs),
    );
  }

  function reopen(id: string): void {
    const document = store.get('switch', id);
    const value = timed(document);
    if (!document || !value) return;
    // A timer may fire a moment early, and one of more than 25 days waits in parts.
    if (value.until > now()) return arm(document);
    const opening: Switch['opening'] = { backlog: { choice: 'drain' }, throughSeq: log.head(), pacePerSecond: null };
    const { to: _to, share: _share, ...kept } = value;
    const opened: Switch = { ...kept, mode: 'flow', until: null, fromSeq: 0, opening };
    for (const lane of lanesIn(value.scope, delivery.lanes)) lane.breaker.probe();
    store.commit([{ kind: 'switch', id, value: opened }], {
      by: 'timer',
      action: 'switch.set',
      target: scopeLabel(value.scope),
      reason: 'the timer set with it ran out',
      commandId: null,
      at: now(),
    });
  }

  return {
    arm,
    close() {
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}
