import { documentSchema } from '#contract/documents/document.ts';
import { auditEntrySchema } from '#contract/operations/system.ts';
import { type Tick, tickSchema } from '#contract/telemetry/tick.ts';
import { printable } from './table.ts';
import { bytes, count, time } from './units.ts';

/** One line a person reads for an item of a topic. */
export function itemLine(topic: string, item: unknown): string {
  return printable(lineOf(topic, item));
}

function lineOf(topic: string, item: unknown): string {
  if (topic === 'telemetry.tick') {
    const tick = tickSchema.safeParse(item);
    if (tick.success) return tickLine(tick.data);
  }
  if (topic === 'document.changed') {
    const document = documentSchema.safeParse(item);
    if (document.success) {
      const { at, kind, id, revision, value, by, reason } = document.data;
      return `${time(at)}  ${kind} ${id} revision ${revision} by ${by}${reason ? ` (${reason})` : ''}: ${value === null ? 'deleted' : JSON.stringify(value)}`;
    }
  }
  if (topic === 'audit.appended') {
    const entry = auditEntrySchema.safeParse(item);
    if (entry.success) {
      const { at, seq, by, action, target, outcome, reason } = entry.data;
      return `${time(at)}  #${seq} ${by} ${action} ${target}: ${outcome}${reason ? ` (${reason})` : ''}`;
    }
  }
  return JSON.stringify(item);
}

function tickLine({ at, windowMs, sources, destinations, resources }: Tick): string {
  const perSecond = (events: number): string => `${count((events * 1000) / windowMs)}/s`;
  const sum = <T>(items: readonly T[], of: (item: T) => number): number => items.reduce((total, item) => total + of(item), 0);
  const stopped = destinations.filter(({ state }) => state !== 'flowing' && state !== 'off').map(({ id, state }) => `${id} ${state}`);
  return [
    time(at),
    `in ${perSecond(sum(sources, ({ accepted }) => accepted))}`,
    `out ${perSecond(sum(destinations, ({ delivered }) => delivered))}`,
    `waiting ${count(sum(destinations, ({ waiting, held, retrying }) => waiting + held + retrying))}`,
    `dead ${count(sum(destinations, ({ dead }) => dead))}`,
    `memory ${bytes(resources.rssBytes)}`,
    ...(stopped.length > 0 ? [stopped.join(', ')] : []),
  ].join('  ');
}
