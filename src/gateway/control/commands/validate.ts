import type { Destination } from '#contract/documents/destination.ts';
import type { Source } from '#contract/documents/source.ts';
import { appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { ConnectorRegistry } from '#gateway/connectors/registry.ts';
import { issuesOf } from '../store/revision.ts';
import { addressIssues, type Issue } from './address-issues.ts';

/** What is wrong with a destination's settings and addresses by its connector's own rules. CONNECTOR_UNKNOWN is the caller's. */
function settingsIssues(
  destination: Pick<Destination, 'connector' | 'settings' | 'endpoint' | 'endpoints' | 'transport'>,
  connectors: ConnectorRegistry,
): readonly Issue[] {
  const connector = connectors.get(destination.connector);
  if (connector === null) return [];
  const settings = connector.settings.safeParse(destination.settings);
  const issues = settings.success ? [] : [...issuesOf(settings.error, 'settings')];
  return [...issues, ...addressIssues(destination, settings.success && connector.defaultEndpoint(settings.data) === null)];
}

/** CONNECTOR_UNKNOWN, SETTINGS_INVALID or INPUT_INVALID, each with `issues` under `value`. */
export function checkDestination(destination: Destination, connectors: ConnectorRegistry, sourceIds: ReadonlySet<string>): Result<void> {
  if (connectors.get(destination.connector) === null)
    return err(
      appError('CONNECTOR_UNKNOWN', { connector: destination.connector, known: connectors.list().map((connector) => connector.id) }),
    );
  const settings = settingsIssues(destination, connectors);
  if (settings.length > 0) return err(appError('SETTINGS_INVALID', { issues: under(settings) }));
  const unknown = destination.sources.flatMap((id, index) =>
    sourceIds.has(id) ? [] : [{ path: `sources.${index}`, message: `there is no source ${id}` }],
  );
  return unknown.length > 0 ? err(appError('INPUT_INVALID', { issues: under(unknown) })) : ok(undefined);
}

export interface SourceEntry {
  readonly id: string;
  readonly value: Source;
}

interface NamedKey {
  readonly path: string;
  readonly label: string;
  readonly key: string;
}

function keysOf({ writeKey, moreKeys = [] }: Source): readonly NamedKey[] {
  const more = moreKeys.map(({ label, key }, index) => ({ path: `moreKeys.${index}`, label, key }));
  return [{ path: 'writeKey', label: 'main', key: writeKey }, ...more];
}

/** A write key belongs to one source, and there to one label: it is what says whose an event is. */
function keyIssues({ id, value }: SourceEntry, others: readonly SourceEntry[]): readonly Issue[] {
  const taken = new Map(others.flatMap((other) => (other.id === id ? [] : keysOf(other.value).map(({ key }) => [key, other.id] as const))));
  const own = keysOf(value);
  return own.flatMap(({ path, label, key }, index) => {
    const at = path === 'writeKey' ? path : `${path}.key`;
    const twin = taken.get(key);
    if (twin !== undefined) return [{ path: at, message: `is already the write key of source ${twin}` }];
    const before = own.slice(0, index);
    if (before.some((other) => other.key === key)) return [{ path: at, message: 'is a write key of this source already' }];
    return before.some((other) => other.label === label) ? [{ path: `${path}.label`, message: 'is the label of another key' }] : [];
  });
}

/** Problems of a source in itself and beside the others. */
export function sourceIssues({ id, value }: SourceEntry, others: readonly SourceEntry[]): readonly Issue[] {
  const pointers = Object.entries(value.mapping ?? {}).filter(
    ([, pointer]) => pointer !== undefined && pointer !== '' && !pointer.startsWith('/'),
  );
  return [
    ...keyIssues({ id, value }, others),
    ...pointers.map(([name]) => ({ path: `mapping.${name}`, message: 'must be a JSON Pointer such as /user/id' })),
  ];
}

export function checkSource(source: SourceEntry, others: readonly SourceEntry[]): Result<void> {
  const issues = sourceIssues(source, others);
  return issues.length > 0 ? err(appError('INPUT_INVALID', { issues: under(issues) })) : ok(undefined);
}

export function under(issues: readonly Issue[]): readonly Issue[] {
  return issues.map((issue) => ({ path: `value.${issue.path}`, message: issue.message }));
}
