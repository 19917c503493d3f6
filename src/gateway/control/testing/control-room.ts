/** A gateway's control side for tests: real store, key, vault, connectors and handlers; a desk that seals; a hand on the clock. */
import sodium from 'libsodium-wrappers';
import { type Destination, destinationSchema } from '#contract/documents/destination.ts';
import { sourceSchema } from '#contract/documents/source.ts';
import { operations } from '#contract/operations/index.ts';
import type { Result } from '#contract/result.ts';
import { type CallContext, createService, type Handlers, type Service } from '#contract/service.ts';
import { createRegistry } from '#gateway/connectors/registry.ts';
import { createSchemaCompiler } from '#gateway/pipeline/schema-compiler.ts';
import type { DriftItem, SendCheck } from '../commands/deps.ts';
import { createControlHandlers } from '../commands/handlers.ts';
import { createMemoryKey, type GatewayKey } from '../credentials/gateway-key.ts';
import type { DocumentStore } from '../document-store.ts';
import { createMemoryStore } from '../memory-store.ts';
import { createRestoreHandlers } from '../restore/handlers.ts';
import { createVault } from '../vault.ts';

export const theSecret = 'whsec_dGhlLXNlY3JldC10aGF0LW11c3QtbmV2ZXItbGVhaw==';

export interface RoomOptions {
  readonly store?: DocumentStore;
  readonly key?: GatewayKey;
  readonly keepsSealed?: boolean;
  readonly send?: SendCheck;
  readonly drift?: () => readonly DriftItem[];
  readonly environment?: string;
}

/** What the desk seals; each part can be made wrong. */
export interface Sealing {
  readonly environment: string;
  readonly destination: string;
  readonly version: number;
  readonly origin: string;
  readonly nonce: string;
  readonly expiresAt: number;
  readonly secret: Readonly<Record<string, string>>;
}

/** No lane is open in a control room. */
const nothingThere = () => Promise.resolve({ destinations: [] });

export async function createControlRoom(options: RoomOptions = {}) {
  await sodium.ready;
  const clock = { now: 1_750_000_000_000 };
  const now = () => clock.now;
  const store = options.store ?? createMemoryStore(now);
  const key = options.key ?? (await createMemoryKey());
  const connectors = createRegistry();
  const environment = () => options.environment ?? 'embedded';
  const vault = createVault({ store, key, connectors, environment, keepsSealed: options.keepsSealed ?? false, now });
  const send: SendCheck = options.send ?? (() => Promise.resolve({ kind: 'silent', detail: 'nobody is there' }));
  const deps = {
    store,
    vault,
    connectors,
    drift: options.drift ?? (() => []),
    send,
    schemas: createSchemaCompiler(),
    now,
  };
  const handlers = { ...createControlHandlers(deps), ...createRestoreHandlers({ ...deps, radius: nothingThere }) };
  let nonces = 0;

  /** What the desk sends for a destination, sealed to this gateway. */
  function seal(changes: Partial<Sealing> = {}, publicKey = key.publicKey): string {
    const text: Sealing = {
      environment: environment(),
      destination: 'hook',
      version: 1,
      origin: 'https://hooks.example',
      nonce: `nonce-number-${nonces++}`.padEnd(20, 'x'),
      expiresAt: clock.now + 60_000,
      secret: { secret: theSecret },
      ...changes,
    };
    return sealText(JSON.stringify(text), publicKey);
  }

  return { clock, store, key, connectors, vault, handlers, seal };
}

export function sealText(text: string, publicKey: string): string {
  const box = sodium.crypto_box_seal(text, sodium.from_base64(publicKey, sodium.base64_variants.ORIGINAL));
  return sodium.to_base64(box, sodium.base64_variants.ORIGINAL);
}

let commands = 0;

/** A call by an operator, each with a command id of its own. */
export function call(more: Partial<CallContext> = {}): CallContext {
  return {
    commandId: `command-${String(commands++).padStart(6, '0')}`,
    signal: new AbortController().signal,
    audience: 'desk',
    by: 'ada',
    ...more,
  };
}

export const webSource = sourceSchema.parse({ name: 'Web', writeKey: 'key-web' });
export const hook = (more: Readonly<Record<string, unknown>> = {}): Destination =>
  destinationSchema.parse({ name: 'Hook', connector: 'webhook', endpoint: 'https://hooks.example/in', ...more });

/** The code an operation was refused with; `ok` where it was not. */
export function codeOf(result: Result<unknown>): string {
  return result.ok ? 'ok' : result.error.code;
}

/** The value of a success; a refusal fails the test with its code. */
export function unwrap<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.error.code}: ${JSON.stringify(result.error.details)}`);
  return result.value;
}

/** A service of those operations alone that a test has handlers for. */
export function serviceOf(handlers: Partial<Handlers<typeof operations>>): Service {
  const table = Object.fromEntries(Object.entries(operations).filter(([name]) => name in handlers));
  return createService({ operations: table, handlers: handlers as Handlers<typeof table>, topics: {}, feeds: {} });
}
