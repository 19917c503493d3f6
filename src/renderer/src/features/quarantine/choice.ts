/** Pure: what of the quarantine is looked at, and how a group of it is called. */
import type { OutputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import type { Violation } from '#contract/operations/pipeline.ts';

type Listed = OutputOf<Operations['quarantine.list']>;
export type Group = Listed['groups'][number];
export type HeldEvent = Listed['events'][number];
export type Totals = Listed['totals'];

export const groupings = ['event', 'plan', 'violation'] as const;
export type Grouping = (typeof groupings)[number];

/** Which held events are meant; empty: all. */
export interface Choice {
  readonly source?: string | undefined;
  readonly event?: string | undefined;
  readonly plan?: string | undefined;
  readonly violation?: Violation | undefined;
}

export const everything: Choice = {};

/** What can be done with held events. */
export type Act = 'release' | 'discard';

/** A choice, or certain events of it. */
export type Meant = Choice & { readonly ids?: number[] };

/** The events of a group, and nothing else of it. */
export function choiceOf({ source, event, plan, violation }: Choice): Choice {
  return {
    ...(source === undefined ? {} : { source }),
    ...(event === undefined ? {} : { event }),
    ...(plan === undefined ? {} : { plan }),
    ...(violation === undefined ? {} : { violation: { path: violation.path, message: violation.message } }),
  };
}

export function keyOf(choice: Choice): string {
  return JSON.stringify(choiceOf(choice));
}

/** `/total must be number`; a violation of the event as a whole has no path. */
export function violationText({ path, message }: Violation): string {
  return path === '' ? message : `${path} ${message}`;
}

/** How people call it: `Order Completed`, `plan web`, `/total must be number`, `everything held`. */
export function titleOf(choice: Choice, sourceName: (id: string) => string): string {
  const { source, event, plan, violation } = choice;
  const parts = [
    ...(event === undefined ? [] : [event === '' ? 'events without a name' : event]),
    ...(source === undefined ? [] : [event === undefined ? sourceName(source) : `from ${sourceName(source)}`]),
    ...(plan === undefined ? [] : [`plan ${plan}`]),
    ...(violation === undefined ? [] : [violationText(violation)]),
  ];
  return parts.length === 0 ? 'everything held' : parts.join(' ');
}

/** What an address may say: names of sources, events and plans. Names of fields come from senders and stay out of it. */
export function toQuery({ source, event, plan }: Choice): Readonly<Record<'source' | 'event' | 'plan', string>> {
  return { source: source ?? '', event: event ?? '', plan: plan ?? '' };
}

export function fromQuery({ source, event, plan }: Choice): Choice {
  return choiceOf({ source, event, plan });
}

export function groupingFrom(text: string | undefined): Grouping {
  return groupings.find((each) => each === text) ?? 'event';
}

/** Where in an event its plan looks: the pointer of a violation within the event as a whole. */
export function pointerIn(type: string, path: string): string {
  return `/${type === 'identify' || type === 'group' ? 'traits' : 'properties'}${path}`;
}
