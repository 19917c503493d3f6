/** Pure: erasures and retention in words and marks. */
import type { Erasure, VendorErasure } from '#contract/documents/erasure.ts';
import type { OutputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import { counted } from '#renderer/ui/quantity.ts';
import { byteUnits, scaledText, timeUnits } from '#renderer/ui/scaled.ts';
import type { MarkState } from '#renderer/ui/state.ts';

export type Kept = OutputOf<Operations['retention.read']>['classes'][number];
export type ErasurePreview = NonNullable<OutputOf<Operations['erasure.request']>['preview']>;

interface Look {
  readonly mark: MarkState;
  readonly word: string;
}

export const erasureLooks: Readonly<Record<Erasure['state'], Look>> = {
  attention: { mark: 'degraded', word: 'Needs you' },
  running: { mark: 'none', word: 'Under way' },
  done: { mark: 'healthy', word: 'Done' },
};

export const vendorLooks: Readonly<Record<VendorErasure['state'], Look>> = {
  requested: { mark: 'none', word: 'to be asked' },
  sent: { mark: 'none', word: 'asked' },
  accepted: { mark: 'none', word: 'works on it' },
  done: { mark: 'healthy', word: 'done' },
  failed: { mark: 'failing', word: 'failed' },
  notOffered: { mark: 'degraded', word: 'by hand' },
};

/** How far: `here done; 3 of 5 vendors done, 1 failed, 1 by hand`. */
export function progressOf({ local, destinations }: Pick<Erasure, 'local' | 'destinations'>): string {
  const of = (state: VendorErasure['state']) => destinations.filter((each) => each.state === state).length;
  const here = local.state === 'done' ? 'gone here' : 'still here';
  if (destinations.length === 0) return here;
  const parts = [`${of('done')} of ${counted(destinations.length, 'vendor')} done`];
  if (of('failed') > 0) parts.push(`${of('failed')} failed`);
  if (of('notOffered') > 0) parts.push(`${of('notOffered')} by hand`);
  return `${here}; ${parts.join(', ')}`;
}

/** 0..1, the gateway itself counted as one. */
export function shareOf({ local, destinations }: Pick<Erasure, 'local' | 'destinations'>): number {
  const done = Number(local.state === 'done') + destinations.filter(({ state }) => state === 'done').length;
  return done / (1 + destinations.length);
}

const order: readonly Erasure['state'][] = ['attention', 'running', 'done'];

/** What needs a person first, then the newest. */
export function sortErasures<E extends { readonly value: Erasure | null }>(documents: readonly E[]): readonly E[] {
  const rank = (document: E) => order.indexOf(document.value?.state ?? 'done');
  return [...documents].sort((a, b) => rank(a) - rank(b) || (b.value?.requestedAt ?? 0) - (a.value?.requestedAt ?? 0));
}

export const classWords: Readonly<Record<Kept['class'], { readonly title: string; readonly what: string }>> = {
  log: { title: 'Log', what: 'settled events' },
  deadLetters: { title: 'Dead letters', what: 'what a destination did not take' },
  quarantine: { title: 'Quarantine', what: 'events that broke their plan' },
  telemetry: { title: 'Telemetry', what: 'figures behind the charts' },
  erasures: { title: 'Erasures', what: 'records of finished ones' },
  records: { title: 'Records', what: 'ended replays, drills, rollouts, scheduled changes, playbook runs' },
  audit: { title: 'Audit', what: 'who did what; never purged' },
};

/** `30 d or 1 GiB or 100,000 items`, as they are set; what holds first ends it. Empty: never purged. */
export function limitText({ ageMs, bytes: most, items }: Kept['limit']): string {
  return [
    ...(ageMs === null ? [] : [scaledText(ageMs, timeUnits)]),
    ...(most === null ? [] : [scaledText(most, byteUnits)]),
    ...(items === null ? [] : [counted(items, 'item')]),
  ].join(' or ');
}
