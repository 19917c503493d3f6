import type { Destination } from '#contract/documents/destination.ts';
import type { Source } from '#contract/documents/source.ts';
import { appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { ConnectorRegistry } from '#gateway/connectors/registry.ts';
import { issuesOf } from '../store/revision.ts';

/** One field that is wrong. `path` is dotted, within the value. */
export interface Issue {
  readonly path: string;
  readonly message: string;
}

/** What is wrong with a destination's settings and endpoint by its connector's own rules. CONNECTOR_UNKNOWN is the caller's. */
function settingsIssues(
  destination: Pick<Destination, 'connector' | 'settings' | 'endpoint'>,
  connectors: ConnectorRegistry,
): readonly Issue[] {
  const connector = connectors.get(destination.connector);
  if (connector === null) return [];
  const settings = connector.settings.safeParse(destination.settings);
  const issues = settings.success ? [] : [...issuesOf(settings.error, 'settings')];
  return [...issues, ...endpointIssues(destination.endpoint, settings.success && connector.defaultEndpoint(settings.data) === null)];
}

/** An endpoint is an address and nothing else. */
export function endpointIssues(endpoint: string | undefined, isRequired: boolean): readonly Issue[] {
  if (endpoint === undefined)
    return isRequired ? [{ path: 'endpoint', message: 'is required: this connector has no address of its own' }] : [];
  const url = new URL(endpoint);
  const issues: Issue[] = [];
  // Documents are shown to every viewer and kept for ever.
  if (url.username !== '' || url.password !== '')
    issues.push({ path: 'endpoint', message: 'must not hold a user or password; bind a credential instead' });
  if (url.search !== '' || url.hash !== '') issues.push({ path: 'endpoint', message: 'must not have a query or fragment' });
  return issues;
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

/** Problems of a source in itself and beside the others. */
export function sourceIssues({ id, value }: SourceEntry, others: readonly SourceEntry[]): readonly Issue[] {
  const twin = others.find((other) => other.id !== id && other.value.writeKey === value.writeKey);
  const pointers = Object.entries(value.mapping ?? {}).filter(
    ([, pointer]) => pointer !== undefined && pointer !== '' && !pointer.startsWith('/'),
  );
  return [
    ...(twin === undefined ? [] : [{ path: 'writeKey', message: `is already the write key of source ${twin.id}` }]),
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
