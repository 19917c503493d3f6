/** What a node keeps on disk: the folder's ownership, documents, configuration, log, credentials. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Destination } from '#contract/documents/destination.ts';
import { type Settings, settingsSchema } from '#contract/documents/settings.ts';
import { appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import { finishSwap } from '#gateway/backup/restore/swap.ts';
import { type ConnectorRegistry, createRegistry } from '#gateway/connectors/registry.ts';
import { applyConfig } from '#gateway/control/config/apply.ts';
import { provideCredentials } from '#gateway/control/config/provide.ts';
import { type Config, parseConfig } from '#gateway/control/config.ts';
import { createMemoryKey, openGatewayKey } from '#gateway/control/credentials/gateway-key.ts';
import type { DocumentStore } from '#gateway/control/document-store.ts';
import { provideBuiltIn } from '#gateway/control/playbooks/built-in.ts';
import { openSqliteStore } from '#gateway/control/sqlite-store.ts';
import { createVault, type Vault } from '#gateway/control/vault.ts';
import { createPretendDisk, type PretendDisk } from '#gateway/drills/pretend-disk.ts';
import type { LimitBook } from '#gateway/ingest/limits/limit-book.ts';
import type { EventLog } from '#gateway/log/event-log.ts';
import { freeBytesOf } from '#gateway/log/sqlite/options.ts';
import { openSqliteLog } from '#gateway/log/sqlite-log.ts';
import { openPeople, type People } from '#gateway/people/people.ts';
import { createSchemaCompiler, type SchemaCompiler } from '#gateway/pipeline/schema-compiler.ts';
import type { Closing } from './closing.ts';
import { openLimits } from './limits.ts';
import type { Logger } from './logger.ts';
import type { GatewayOptions } from './options.ts';
import { takeOwnership } from './owner-lock.ts';

export interface NodeState {
  readonly store: DocumentStore;
  readonly registry: ConnectorRegistry;
  /** Null where no file was given. */
  readonly config: Config | null;
  readonly log: EventLog;
  readonly vault: Vault;
  readonly people: People;
  readonly schemas: SchemaCompiler;
  readonly limits: LimitBook;
  /** What the log takes for its disk; a drill may fill it. */
  readonly disk: PretendDisk;
  settings(): Settings;
  destinations(): ReadonlyMap<string, Destination>;
}

function readConfig(file: string | null, registry: ConnectorRegistry, store: DocumentStore): Result<Config | null> {
  if (file === null) return ok(null);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return err(appError('CONFIG_INVALID', { file, mistakes: [{ line: 0, path: '', message: 'the file cannot be read' }] }));
  }
  return parseConfig(text, { env: process.env, connectors: registry, sourceIds: store.list('source').map(({ id }) => id) });
}

async function openVault(
  options: GatewayOptions,
  store: DocumentStore,
  registry: ConnectorRegistry,
  settings: () => Settings,
): Promise<Result<Vault>> {
  const key = options.embedded ? ok(await createMemoryKey()) : await openGatewayKey({ dataFolder: options.dataFolder, env: process.env });
  if (!key.ok) return key;
  // Nothing that this process starts needs it.
  delete process.env.SLUICE_KEY;
  return ok(
    createVault({
      store,
      key: key.value,
      connectors: registry,
      environment: () => settings().environment,
      keepsSealed: !options.embedded,
      now: Date.now,
    }),
  );
}

/** Opens everything, in the order of trust. On failure the caller runs `closing`. */
export async function openState(options: GatewayOptions, logger: Logger, closing: Closing): Promise<Result<NodeState>> {
  const folder = options.dataFolder;
  const owned = takeOwnership(folder, `gateway, process ${process.pid}`);
  if (!owned.ok) return owned;
  closing.add(() => owned.value.release());
  const swapped = finishSwap(folder);
  if (swapped) logger.warn({ ...swapped }, 'a restore that was cut off is finished');

  const opened = openSqliteStore({ file: join(folder, 'control.db'), now: Date.now });
  if (!opened.ok) return opened;
  const store = opened.value;
  closing.add(() => store.close());
  const registry = createRegistry();
  const config = readConfig(options.configFile, registry, store);
  if (!config.ok) return config;
  if (config.value) {
    const applied = applyConfig(config.value, store);
    if (!applied.ok) return applied;
    logger.info({ written: applied.value.written.length, kept: applied.value.kept }, 'configuration applied');
  }
  const provided = provideBuiltIn(store);
  if (!provided.ok) return provided;
  const settings = () => store.get('settings', 'gateway')?.value ?? settingsSchema.parse({});

  const { diskBudgetBytes, dedupeWindowMs, dedupeMaxEntries } = settings();
  const incarnation = store.lineage().at(-1)?.id ?? null;
  const disk = createPretendDisk(() => freeBytesOf(folder));
  const log = await openSqliteLog({
    folder,
    incarnation,
    diskBudgetBytes,
    dedupeWindowMs,
    dedupeMaxEntries,
    retentionMs: () => settings().retentionMs,
    diskFree: disk.free,
  });
  if (!log.ok) return log;
  closing.add(() => log.value.close());

  const people = openPeople(join(folder, 'people.db'));
  if (!people.ok) return people;
  closing.add(() => people.value.close());

  const vault = await openVault(options, store, registry, settings);
  if (!vault.ok) return vault;
  closing.add(() => vault.value.close());
  if (config.value) {
    const bound = provideCredentials(config.value, vault.value);
    if (!bound.ok) return bound;
  }
  if (vault.value.unopened.length > 0)
    logger.warn({ destinations: vault.value.unopened }, 'stored credentials could not be opened with this key; bind them again');
  const destinations = () => new Map(store.list('destination').flatMap(({ id, value }) => (value ? [[id, value] as const] : [])));
  return ok({
    store,
    registry,
    config: config.value,
    log: log.value,
    vault: vault.value,
    people: people.value,
    schemas: createSchemaCompiler(),
    limits: openLimits({ store, log: log.value, dataFolder: folder, settings }, closing),
    disk,
    settings,
    destinations,
  });
}
