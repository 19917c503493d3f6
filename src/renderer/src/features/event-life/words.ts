/** Pure: where an event is, in words and marks. */
import type { OutputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import type { Provenance } from '#contract/operations/watching.ts';
import { counted } from '#renderer/ui/quantity.ts';
import type { MarkState } from '#renderer/ui/state.ts';
import { absolute } from '#renderer/ui/time.ts';

export type Found = OutputOf<Operations['event.where']>['events'][number];
export type Place = Found['destinations'][number];

export const placeLooks: Readonly<Record<Place['state'], { readonly mark: MarkState; readonly word: string; readonly group: PlaceGroup }>> =
  {
    confirmed: { mark: 'healthy', word: 'delivered, confirmed', group: 'there' },
    accepted: { mark: 'healthy', word: 'delivered, accepted', group: 'there' },
    settled: { mark: 'healthy', word: 'settled', group: 'there' },
    'in-flight': { mark: 'none', word: 'in flight now', group: 'under way' },
    waiting: { mark: 'none', word: 'waiting', group: 'under way' },
    held: { mark: 'parked', word: 'held', group: 'under way' },
    retrying: { mark: 'degraded', word: 'retrying', group: 'under way' },
    dead: { mark: 'failing', word: 'dead letter', group: 'not there' },
    filtered: { mark: 'off', word: 'not routed here', group: 'not there' },
    suppressed: { mark: 'off', word: 'suppressed', group: 'not there' },
    dropped: { mark: 'dropping', word: 'dropped', group: 'not there' },
    diverted: { mark: 'off', word: 'diverted', group: 'not there' },
    expired: { mark: 'off', word: 'expired', group: 'not there' },
  };

export type PlaceGroup = 'there' | 'under way' | 'not there';
const order: readonly PlaceGroup[] = ['not there', 'under way', 'there'];

/** What a person looks for first: where it is not; what was never meant to get it last. */
export function sortPlaces(places: readonly Place[]): readonly Place[] {
  const rank = (place: Place) => (place.state === 'filtered' ? order.length : order.indexOf(lookOf(place).group));
  return [...places].sort((a, b) => rank(a) - rank(b) || a.destination.localeCompare(b.destination));
}

/** `at 5 of 7 destinations, 1 under way, 1 dead letter`, of those that it is for. */
export function summaryOf(places: readonly Place[]): string {
  const meant = places.filter(({ state }) => state !== 'filtered');
  if (meant.length === 0) return 'for no destination';
  const of = (group: PlaceGroup) => meant.filter((place) => lookOf(place).group === group).length;
  const parts = [`at ${of('there')} of ${counted(meant.length, 'destination')}`];
  if (of('under way') > 0) parts.push(`${of('under way')} under way`);
  if (of('not there') > 0) parts.push(`${of('not there')} without it`);
  return parts.join(', ');
}

export function detailOf(place: Place): string {
  const next = place.nextAttemptAt === null ? '' : `next try ${absolute(place.nextAttemptAt)}`;
  const attempt = place.attempt !== null && place.attempt > 1 ? `attempt ${place.attempt}` : '';
  const times = place.replays?.length ?? 0;
  const replayed = times === 0 ? '' : times === 1 ? 'given anew once' : `given anew ${times} times`;
  const edited = place.child === undefined ? '' : 'replaced by an edited copy';
  return [place.detail, attempt, next, replayed, edited].filter((part) => part !== '').join(' · ');
}

/** How a place looks: of a settled one, how it ended, where that is known. */
export function lookOf({ state, outcome }: Pick<Place, 'state' | 'outcome'>): (typeof placeLooks)[Place['state']] {
  if (state !== 'settled' || outcome === undefined) return placeLooks[state];
  return outcome === 'delivered' ? { mark: 'healthy', word: 'delivered', group: 'there' } : placeLooks[outcome];
}

/** One step of an event's way in. */
export interface Step {
  readonly title: string;
  readonly detail: string;
  readonly mark: MarkState;
  /** Epoch ms; null where it has none of its own. */
  readonly at: number | null;
  /** Where more of it is told. */
  readonly path: string | null;
}

/** What was done to it between its arrival and the log, in that order. */
export function wayIn({ receivedAt, source, seq, provenance = {} }: Found): readonly Step[] {
  const steps: Step[] = [{ title: 'Received', detail: `from ${source}`, mark: 'healthy', at: receivedAt, path: null }];
  const { rules, schema, violations, suppressed, releasedAt, parentId, editReason } = provenance;
  if (parentId !== undefined)
    return [
      {
        title: 'Edited from a dead letter',
        detail: `a copy of ${parentId}${editReason === undefined || editReason === '' ? '' : `: ${editReason}`}`,
        mark: 'healthy',
        at: receivedAt,
        path: '/flow/dead-letters',
      },
      stored(seq),
    ];
  if (suppressed !== undefined)
    steps.push({
      title: 'Kept without its content',
      detail: `its person is suppressed: ${suppressed}`,
      mark: 'off',
      at: null,
      path: '/flow/consent',
    });
  if (rules !== undefined && rules.length > 0)
    steps.push({
      title: 'Redacted',
      detail: `by ${rules.join(', ')}`,
      mark: 'healthy',
      at: null,
      path: `/flow/redaction/${documentIn(rules[0])}`,
    });
  if (schema !== undefined) steps.push(checked(schema, violations ?? 0));
  if (releasedAt !== undefined)
    steps.push({
      title: 'Released from quarantine',
      detail: 'after its plan was put right',
      mark: 'healthy',
      at: releasedAt,
      path: '/flow/quarantine',
    });
  steps.push(stored(seq));
  return steps;
}

function stored(seq: number): Step {
  return { title: 'Stored', detail: `log entry ${seq.toLocaleString('en-US')}`, mark: 'healthy', at: null, path: null };
}

function checked(schema: string, violations: number): Step {
  const path = `/flow/plans/${schema.slice(0, schema.lastIndexOf('@'))}`;
  return violations === 0
    ? { title: 'Checked', detail: `it fits ${schema}`, mark: 'healthy', at: null, path }
    : { title: 'Checked', detail: `let through by ${schema} with ${counted(violations, 'violation')}`, mark: 'degraded', at: null, path };
}

function documentIn(rule: string | undefined): string {
  return rule === undefined ? '' : rule.slice(0, rule.indexOf('/'));
}

/** The parts of a W3C traceparent (version-trace-parent-flags); null where it is none. */
export function traceOf(
  trace: Provenance['trace'],
): { readonly traceId: string; readonly parentId: string; readonly isSampled: boolean } | null {
  const parts = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(trace ?? '');
  const [, traceId, parentId, flags] = parts ?? [];
  if (traceId === undefined || parentId === undefined || flags === undefined) return null;
  return { traceId, parentId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 };
}
