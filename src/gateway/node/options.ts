import { parseArgs } from 'node:util';
import type { SwitchScope } from '#contract/documents/switch.ts';
import { appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { IngestTlsFiles } from '#gateway/ingest/ingest-tls.ts';

export interface GatewayOptions {
  readonly dataFolder: string;
  readonly configFile: string | null;
  readonly ingestHost: string;
  readonly ingestPort: number;
  /** Null: events come in the clear, or something in front of the gateway speaks TLS. */
  readonly ingestTls: IngestTlsFiles | null;
  readonly controlPort: number;
  /** Part of a console: key in memory, ends with its parent. */
  readonly embedded: boolean;
  /** The control token comes as one JSON line on standard input. */
  readonly tokenFromStdin: boolean;
  /** Scopes parked from the start, whatever the documents say. */
  readonly parkAtStart: readonly SwitchScope[];
  /** What to do before starting, or instead; null: just start. */
  readonly maintenance: Maintenance | null;
}

export interface RestoreRequest {
  readonly task: 'restore';
  /** A backup, or a backup folder: then its newest. */
  readonly from: string;
  /** Where newer switches, erasures and consent are looked for; null: in the data folder. */
  readonly oldFolder: string | null;
  readonly isAgain: boolean;
}
export interface MigrateRequest {
  readonly task: 'migrate';
  /** Files whose newest step is taken back, instead of taking all steps. */
  readonly down: readonly string[];
}
export type Maintenance = (RestoreRequest | MigrateRequest) & {
  /** Only says what would happen, and ends. */
  readonly isDryRun: boolean;
  /** Ends afterwards instead of starting. */
  readonly isOnly: boolean;
  readonly isJson: boolean;
};

export const usage = `Usage: sluice-gateway --data DIR [options]
  --data DIR            folder for log, ledger and documents (made if absent)
  --config FILE         YAML that declares sources and destinations
  --ingest-port N       port for events (default 8400; 0 picks one)
  --ingest-host HOST    address for events (default 127.0.0.1)
  --ingest-cert FILE    speak TLS on the events' port: certificate with its chain, PEM
  --ingest-key FILE     its key, PEM, not encrypted
  --ingest-client-ca FILE  let in only senders that show a certificate of these authorities, PEM
  --control-port N      port for the console and the command line, loopback only (default 8401; 0 picks one)
  --park SCOPE          start parked: everything, or destination:<id>, source:<id>, event:<name>; may be repeated
  --embedded            part of a console
  --help                print this
  --restore DIR         restore a backup (or the newest in a backup folder) first, every lane parked; see docs/backup.md
  --old DIR             restoring: take newer switches, erasures and consent from this folder instead of --data
  --again               restoring: even where the folder is a restore of that backup already
  --migrate             bring the databases to this version's form, and end
  --down FILE           with --migrate: take the newest step of a database back; may be repeated
  --dry-run             restoring or migrating: only say what would happen, and end
  --only                restoring: end instead of starting
  --json                restoring or migrating: answer in JSON
  --token-stdin         read the control token as a JSON line {"token":"..."}; otherwise SLUICE_TOKEN, otherwise one is made
`;

/** Parses `everything`, `destination:x`, `source:x`, `event:x`. */
export function parseScope(text: string): SwitchScope | null {
  if (text === 'everything') return { type: 'everything' };
  const [type, ...rest] = text.split(':');
  const name = rest.join(':').trim();
  if (!name) return null;
  if (type === 'destination') return { type, destination: name };
  if (type === 'source') return { type, source: name };
  if (type === 'event') return { type, event: name };
  return null;
}

function portOf(text: string | undefined, fallback: number): number | null {
  if (text === undefined) return fallback;
  const port = Number(text);
  return Number.isInteger(port) && port >= 0 && port <= 65_535 ? port : null;
}

/** Reads the command line; INPUT_INVALID names every mistake. */
export function parseOptions(argv: readonly string[]): Result<GatewayOptions> {
  let values: ReturnType<typeof read>;
  try {
    values = read(argv);
  } catch (error) {
    return err(appError('INPUT_INVALID', { arguments: error instanceof Error ? error.message : 'not understood' }));
  }
  const mistakes: Record<string, string> = {};
  const ingestPort = portOf(values['ingest-port'], 8400);
  const controlPort = portOf(values['control-port'], 8401);
  if (!values.data) mistakes['--data'] = 'name the data folder';
  if (ingestPort === null) mistakes['--ingest-port'] = 'a number from 0 to 65535';
  if (controlPort === null) mistakes['--control-port'] = 'a number from 0 to 65535';
  const { 'ingest-cert': cert, 'ingest-key': key, 'ingest-client-ca': clientCa = null } = values;
  if ((cert === undefined) !== (key === undefined) || (clientCa !== null && cert === undefined))
    mistakes['--ingest-cert'] = 'TLS wants both --ingest-cert and --ingest-key';
  const parks = (values.park ?? []).map((text) => ({ text, scope: parseScope(text) }));
  for (const { text, scope } of parks)
    if (!scope) mistakes['--park'] = `“${text}” is no scope; use everything, destination:<id>, source:<id> or event:<name>`;
  if (Object.keys(mistakes).length > 0 || !values.data || ingestPort === null || controlPort === null)
    return err(appError('INPUT_INVALID', mistakes));
  return ok({
    dataFolder: values.data,
    configFile: values.config ?? null,
    ingestHost: values['ingest-host'] ?? '127.0.0.1',
    ingestPort,
    ingestTls: cert === undefined || key === undefined ? null : { cert, key, clientCa },
    controlPort,
    embedded: values.embedded ?? false,
    tokenFromStdin: values['token-stdin'] ?? false,
    parkAtStart: parks.flatMap(({ scope }) => scope ?? []),
    maintenance: maintenanceOf(values),
  });
}

function maintenanceOf(values: ReturnType<typeof read>): Maintenance | null {
  const isDryRun = values['dry-run'] ?? false;
  const common = { isDryRun, isJson: values.json ?? false };
  if (values.migrate) return { task: 'migrate', down: values.down ?? [], isOnly: true, ...common };
  if (values.restore === undefined) return null;
  const isOnly = isDryRun || (values.only ?? false);
  return { task: 'restore', from: values.restore, oldFolder: values.old ?? null, isAgain: values.again ?? false, isOnly, ...common };
}

function read(argv: readonly string[]) {
  return parseArgs({
    args: [...argv],
    options: {
      data: { type: 'string' },
      config: { type: 'string' },
      'ingest-port': { type: 'string' },
      'ingest-host': { type: 'string' },
      'ingest-cert': { type: 'string' },
      'ingest-key': { type: 'string' },
      'ingest-client-ca': { type: 'string' },
      'control-port': { type: 'string' },
      park: { type: 'string', multiple: true },
      embedded: { type: 'boolean' },
      'token-stdin': { type: 'boolean' },
      restore: { type: 'string' },
      old: { type: 'string' },
      again: { type: 'boolean' },
      migrate: { type: 'boolean' },
      down: { type: 'string', multiple: true },
      'dry-run': { type: 'boolean' },
      only: { type: 'boolean' },
      json: { type: 'boolean' },
    },
  }).values;
}
