import { type Destination, destinationSchema } from '#contract/documents/destination.ts';
import type { Secret } from '#contract/secret.ts';
import { z } from '#contract/zod.ts';
import type { Connector } from '#gateway/connectors/connector.ts';
import type { ConnectorRegistry } from '#gateway/connectors/registry.ts';
import { credentialFields } from '#gateway/transport/reach.ts';
import { addressIssues } from '../commands/address-issues.ts';
import { readCredential } from './credential.ts';
import { duplicateIds } from './duplicate-ids.ts';
import type { LocatedYaml, Mistake, Path } from './located-yaml.ts';
import { nearest } from './nearest.ts';
import { credentialEntry, destinationEntry } from './schema.ts';
import { schemaMistakes } from './schema-mistakes.ts';

interface Context {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly connectors: ConnectorRegistry;
  readonly sourceIds: ReadonlySet<string>;
}

interface Found {
  readonly destinations: { readonly id: string; readonly value: Destination }[];
  readonly credentials: { readonly destination: string; readonly fields: ReadonlyMap<string, Secret> }[];
}

/** An entry as far as it can be read: each part is checked even where another is wrong. */
const legible = z.looseObject({
  id: z.string().optional().catch(undefined),
  connector: z.string().optional().catch(undefined),
  /** null: there, but no URL; the entry's schema names that. */
  endpoint: destinationSchema.shape.endpoint.nullish().catch(null),
  endpoints: destinationSchema.shape.endpoints.catch(undefined),
  transport: destinationSchema.shape.transport.catch(undefined),
  sources: z.array(z.unknown()).catch([]),
  credential: credentialEntry.optional().catch(undefined),
});
type Legible = z.output<typeof legible>;
/** Empty where it is none: the entry's schema names that. */
const settingsRecord = z.record(z.string(), z.unknown()).catch({});

export function checkDestinations(yaml: LocatedYaml, items: readonly unknown[], context: Context, mistakes: Mistake[]): Found {
  const found: Found = { destinations: [], credentials: [] };
  items.forEach((item, index) => {
    const path = ['destinations', index];
    const parsed = destinationEntry.safeParse(item);
    if (!parsed.success) mistakes.push(...schemaMistakes(yaml, parsed.error, destinationEntry, path));
    const parts = legible.safeParse(item);
    if (parts.success) checkParts(yaml, path, parts.data, context, mistakes, found);
    if (!parsed.success) return;
    const { id, name, credential: _env, ...fields } = parsed.data;
    found.destinations.push({ id, value: destinationSchema.parse({ ...fields, name: name ?? id }) });
  });
  duplicateIds(yaml, 'destinations', items, mistakes);
  return found;
}

function checkParts(yaml: LocatedYaml, path: Path, parts: Legible, context: Context, mistakes: Mistake[], found: Found): void {
  checkReferences(yaml, path, parts.sources, context.sourceIds, mistakes);
  if (parts.connector === undefined) return;
  const connector = context.connectors.get(parts.connector);
  if (connector === null) {
    const known = context.connectors.list().map((one) => one.id);
    const meant = nearest(parts.connector, known);
    mistakes.push(
      yaml.at(
        [...path, 'connector'],
        meant === null ? `there is no such connector; known are ${known.join(', ')}` : `there is no such connector; did you mean ${meant}?`,
      ),
    );
    return;
  }
  checkSettings(yaml, path, parts, connector, mistakes);
  const settings = settingsRecord.parse(parts.settings);
  const fields = credentialFields({ settings, transport: parts.transport }, connector);
  const credential = readCredential(
    yaml,
    [...path, 'credential', 'env'],
    parts.credential,
    { id: connector.id, fields },
    context.env,
    mistakes,
  );
  if (credential !== null && parts.id !== undefined) found.credentials.push({ destination: parts.id, fields: credential });
}

function checkReferences(
  yaml: LocatedYaml,
  path: Path,
  sources: readonly unknown[],
  known: ReadonlySet<string>,
  mistakes: Mistake[],
): void {
  sources.forEach((source, index) => {
    if (typeof source !== 'string' || known.has(source)) return;
    const meant = nearest(source, [...known]);
    mistakes.push(yaml.at([...path, 'sources', index], `there is no source ${source}${meant === null ? '' : `; did you mean ${meant}?`}`));
  });
}

function checkSettings(yaml: LocatedYaml, path: Path, parts: Legible, connector: Connector, mistakes: Mistake[]): void {
  const settings = connector.settings.safeParse(parts.settings ?? {});
  if (!settings.success) mistakes.push(...schemaMistakes(yaml, settings.error, connector.settings, [...path, 'settings']));
  const hasOwnAddress = !settings.success || connector.defaultEndpoint(settings.data) !== null;
  if (parts.endpoint === null) return;
  const at = (dotted: string) => [...path, ...dotted.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part))];
  const { endpoint, endpoints, transport } = parts;
  mistakes.push(
    ...addressIssues({ endpoint, endpoints, transport }, !hasOwnAddress).map((issue) => yaml.at(at(issue.path), issue.message)),
  );
}
