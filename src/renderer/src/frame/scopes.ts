/** Pure: every scope that can have a switch, with the switch it has. */
import type { Document } from '#contract/documents/document.ts';
import { type SwitchMode, type SwitchScope, scopeId } from '#contract/documents/switch.ts';

export interface ScopeRow {
  readonly id: string;
  readonly scope: SwitchScope;
  readonly name: string;
  /** Connector of a destination, kind of a source. */
  readonly detail: string;
  readonly mode: SwitchMode;
  /** Null when nobody ever set it. */
  readonly set: {
    readonly by: string;
    readonly at: number;
    readonly reason: string;
    readonly revision: number;
    readonly until: number | null;
  } | null;
}

export interface ScopeGroups {
  readonly everything: ScopeRow;
  readonly destinations: readonly ScopeRow[];
  readonly sources: readonly ScopeRow[];
  readonly events: readonly ScopeRow[];
}

export interface Known {
  readonly switches: readonly Document<'switch'>[];
  readonly destinations: readonly Document<'destination'>[];
  readonly sources: readonly Document<'source'>[];
}

/** All scopes in groups. An event name shows only when it has a switch; there is no list of event names. */
export function groupsOf({ switches, destinations, sources }: Known): ScopeGroups {
  const byId = new Map(switches.map((document) => [document.id, document]));
  const row = (scope: SwitchScope, name: string, detail: string): ScopeRow => {
    const document = byId.get(scopeId(scope));
    const value = document?.value ?? null;
    const set =
      document === undefined || value === null
        ? null
        : { by: document.by, at: document.at, reason: document.reason, revision: document.revision, until: value.until };
    return { id: scopeId(scope), scope, name, detail, mode: value?.mode ?? 'flow', set };
  };
  const known = new Set([...destinations.map(({ id }) => `destination:${id}`), ...sources.map(({ id }) => `source:${id}`)]);
  /** Switches outlive what they stop: a park is never lifted by removing its destination. */
  const orphans = switches.flatMap(({ id, value }) => (value === null || known.has(id) ? [] : [value.scope]));
  return {
    everything: row({ type: 'everything' }, 'Everything', ''),
    destinations: [
      ...destinations.map(({ id, value }) => row({ type: 'destination', destination: id }, value?.name ?? id, value?.connector ?? '')),
      ...orphans.flatMap((scope) => (scope.type === 'destination' ? [row(scope, scope.destination, 'removed')] : [])),
    ],
    sources: [
      ...sources.map(({ id, value }) => row({ type: 'source', source: id }, value?.name ?? id, id)),
      ...orphans.flatMap((scope) => (scope.type === 'source' ? [row(scope, scope.source, 'removed')] : [])),
    ],
    events: orphans.flatMap((scope) => (scope.type === 'event' ? [row(scope, scope.event, 'event name')] : [])),
  };
}

/** What holds or drops something now, longest first. */
export function inForce({ everything, destinations, sources, events }: ScopeGroups): readonly ScopeRow[] {
  return [everything, ...destinations, ...sources, ...events]
    .filter((row) => row.mode !== 'flow')
    .sort((a, b) => (a.set?.at ?? 0) - (b.set?.at ?? 0));
}

/** After this long a stop without a timer asks to be looked at again. It never opens by itself. */
export const reviewAfterMs = 4 * 3_600_000;

export function isDueForReview(row: Pick<ScopeRow, 'mode' | 'set'>, now: number): boolean {
  return row.mode !== 'flow' && row.set !== null && row.set.until === null && now - row.set.at >= reviewAfterMs;
}

/** Other switches that still hold or drop events of `scope` once it is opened. */
export function stillStopping(scope: SwitchScope, stopped: readonly ScopeRow[]): readonly ScopeRow[] {
  const own = scopeId(scope);
  return stopped.filter((row) => row.id !== own && (row.scope.type === 'everything' || row.scope.type !== scope.type));
}
