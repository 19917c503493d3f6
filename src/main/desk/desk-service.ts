/** What a window can ask of the desk. Built once, served to every window's channel. */
import { type DeskState, deskOperations, deskTopics } from '#contract/desk/operations.ts';
import { appError } from '#contract/errors.ts';
import { err, ok } from '#contract/result.ts';
import { secret } from '#contract/secret.ts';
import { createService, type Feeds, type Handlers, joinTables, type Service } from '#contract/service.ts';
import type { EmbeddedGateway } from '../embedded/embedded-gateway.ts';
import type { Credentials } from './credentials.ts';
import type { DemoController } from './demo.ts';
import type { Environments } from './environments.ts';
import { secretFields } from './stored-credential.ts';

const { 'demo.dial': demoDial, 'demo.counters': demoCounters, 'demo.killGateway': demoKill, ...baseOperations } = deskOperations;
const demoOperations = { 'demo.dial': demoDial, 'demo.counters': demoCounters, 'demo.killGateway': demoKill } as const;

export interface DeskServiceOptions {
  readonly state: () => DeskState;
  readonly onChange: (listener: () => void) => () => void;
  readonly environments: Environments;
  readonly credentials: Credentials;
  readonly embedded: EmbeddedGateway;
  /** Absent outside the demo: then its operations do not exist. */
  readonly demo: DemoController | null;
}

export function createDeskService(options: DeskServiceOptions): Service {
  const feeds = createFeeds(options);
  const base = createHandlers(options);
  if (!options.demo) return createService({ operations: baseOperations, handlers: base, topics: deskTopics, feeds });
  const handlers = joinTables(base, createDemoHandlers(options.demo, options.embedded));
  return createService({ operations: { ...baseOperations, ...demoOperations }, handlers, topics: deskTopics, feeds });
}

function createHandlers({ state, environments, credentials, embedded }: DeskServiceOptions): Handlers<typeof baseOperations> {
  return {
    'desk.state': () => ok(state()),
    // From here on what the operator typed is opaque.
    'credential.put': ({ fields, ...where }) => credentials.put(where, secretFields(fields)),
    'credential.delete': async ({ confirm, ...where }) => {
      if (confirm !== where.destination) return err(appError('CONFIRMATION_REQUIRED', { type: where.destination }));
      const removed = await credentials.remove(where);
      return removed.ok ? ok({ deleted: true }) : removed;
    },
    'credential.rebind': (where) => credentials.rebind(where),
    'environment.add': async ({ token, ...environment }) => {
      const added = await environments.add(environment, secret(token));
      return added.ok ? ok({ added: true }) : added;
    },
    'environment.remove': async ({ id }) => {
      const removed = await environments.remove(id);
      return removed.ok ? ok({ removed: true }) : removed;
    },
    'gateway.restart': () => {
      embedded.restart();
      return ok({ restarted: true });
    },
  };
}

function createDemoHandlers(demo: DemoController, embedded: EmbeddedGateway): Handlers<typeof demoOperations> {
  return {
    'demo.dial': async (input) => {
      const dialled = await demo.dial(input);
      return dialled.ok ? ok({ done: true }) : dialled;
    },
    'demo.counters': () => demo.counters(),
    'demo.killGateway': () => ok({ killed: embedded.kill() }),
  };
}

function createFeeds({ state, onChange }: DeskServiceOptions): Feeds<typeof deskTopics> {
  return {
    'desk.changed': (_params, sink) => {
      sink.push([state()]);
      return onChange(() => sink.push([state()]));
    },
  };
}
