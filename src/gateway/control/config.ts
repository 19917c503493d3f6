/**
 * The configuration file: sources and destinations as code. Every mistake in it is named at
 * once, with its line. What it declares becomes documents written by `config` (see
 * `config/apply.ts`); what a person changed since by a command wins over it.
 */
import type { Destination } from '#contract/documents/destination.ts';
import { type Settings, settingsSchema } from '#contract/documents/settings.ts';
import type { Source } from '#contract/documents/source.ts';
import { appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { Secret } from '#contract/secret.ts';
import type { ConnectorRegistry } from '#gateway/connectors/registry.ts';
import { checkDestinations } from './config/destinations.ts';
import { type LocatedYaml, type Mistake, parseLocated } from './config/located-yaml.ts';
import { configSchema } from './config/schema.ts';
import { schemaMistakes } from './config/schema-mistakes.ts';
import { checkSources } from './config/sources.ts';

export interface Config {
  /** null: the file says nothing of settings. */
  readonly settings: Settings | null;
  readonly sources: readonly { readonly id: string; readonly value: Source }[];
  readonly destinations: readonly { readonly id: string; readonly value: Destination }[];
  /** Secrets taken from the environment, by destination and field. */
  readonly credentials: readonly { readonly destination: string; readonly fields: ReadonlyMap<string, Secret> }[];
}

export interface ConfigContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly connectors: ConnectorRegistry;
  /** Sources that exist beside the file's, which its destinations may name. */
  readonly sourceIds?: readonly string[];
}

/**
 * Parses a YAML text. CONFIG_INVALID with `mistakes: { line, path, message }[]`, all of them,
 * in the order of the lines; none quotes a value that might be a secret.
 */
export function parseConfig(text: string, context: ConfigContext): Result<Config> {
  const yaml = parseLocated(text);
  const mistakes: Mistake[] = [...yaml.mistakes];
  const config = yaml.data === null ? emptyConfig : readConfig(yaml, context, mistakes);
  if (mistakes.length === 0) return ok(config);
  return err(appError('CONFIG_INVALID', { mistakes: mistakes.sort((a, b) => a.line - b.line) }));
}

const emptyConfig: Config = { settings: null, sources: [], destinations: [], credentials: [] };

function readConfig(yaml: LocatedYaml, context: ConfigContext, mistakes: Mistake[]): Config {
  const parsed = configSchema.safeParse(yaml.data);
  if (!parsed.success) mistakes.push(...schemaMistakes(yaml, parsed.error, configSchema, []));
  const data = isRecord(yaml.data) ? yaml.data : {};
  const sources = checkSources(yaml, listOf(data.sources), mistakes);
  const sourceIds = new Set([...sources.ids, ...(context.sourceIds ?? [])]);
  const destinations = checkDestinations(yaml, listOf(data.destinations), { ...context, sourceIds }, mistakes);
  const settings = parsed.success ? readSettings(yaml, parsed.data, data, mistakes) : null;
  return { settings, sources: sources.entries, ...destinations };
}

type Top = { readonly environment?: Settings['environment'] | undefined; readonly settings?: Settings | null | undefined };

/** `environment` may stand at the top, where people look for it, or within `settings`. */
function readSettings(yaml: LocatedYaml, top: Top, data: Readonly<Record<string, unknown>>, mistakes: Mistake[]): Settings | null {
  const isNamedInside = isRecord(data.settings) && data.settings.environment !== undefined;
  if (top.environment !== undefined && isNamedInside && top.settings?.environment !== top.environment) {
    mistakes.push(yaml.at(['settings', 'environment'], 'says another environment than the top of the file'));
  }
  if (top.environment === undefined) return top.settings ?? null;
  return settingsSchema.parse({ ...top.settings, environment: top.environment });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
