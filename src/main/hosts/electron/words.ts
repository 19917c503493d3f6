/** What the shell says outside its windows. */
import type { Health } from '#contract/telemetry/tick.ts';
import type { Alarm, WorstState } from '../../desk/watch.ts';

const states: Readonly<Record<Health, string>> = {
  healthy: 'everything flows',
  degraded: 'degraded',
  failing: 'failing',
  held: 'held',
  none: 'no data',
};

export function trayTooltip({ health, destination, environment }: WorstState): string {
  if (destination === '') return `Sluice: ${states[health]}`;
  if (health === 'healthy' || health === 'none') return `Sluice: ${states[health]} (${environment})`;
  return `Sluice: ${destination} is ${states[health]} (${environment})`;
}

export function alarmWords({ destination, environment, why }: Alarm): { readonly title: string; readonly body: string } {
  return { title: `${destination} is failing`, body: `${why} (${environment})` };
}

/** Asked before the embedded gateway is stopped while apps send to it. */
export const quitQuestion = {
  message: 'Apps are sending events to this gateway.',
  detail:
    'If Sluice quits, its gateway stops: senders get no answer and keep or lose events as their SDK does. What was accepted stays on disk and is delivered after the next start.',
  buttons: ['Keep running in the tray', 'Stop the gateway and quit'],
  keepRunning: 0,
  quit: 1,
} as const;
