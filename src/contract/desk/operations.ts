/**
 * What a renderer can ask of the console's own main process (the desk): environments, the
 * keychain, host. A table of its own, because no gateway may serve these.
 */
import { nameSchema } from '../documents/source.ts';
import { defineOperation, defineTopic } from '../operation.ts';
import { z } from '../zod.ts';

export const environmentSchema = z.strictObject({
  id: nameSchema,
  name: z.string(),
  kind: z.enum(['embedded', 'staging', 'production']),
  /** ws(s) URL of the control port; null for the embedded gateway. */
  url: z.string().nullable(),
  /** Pinned fingerprint of the gateway's key. */
  keyFingerprint: z.string().nullable(),
  link: z.enum(['connecting', 'live', 'offline', 'refused']),
  /** Why the link is not live, in an operator's words. */
  why: z.string(),
  /** True when this is the scripted demo. */
  demo: z.boolean(),
});
export type Environment = z.output<typeof environmentSchema>;

const deskState = z.strictObject({
  environments: z.array(environmentSchema),
  keychain: z.strictObject({
    state: z.enum(['ready', 'locked', 'unavailable', 'waiting', 'unknown']),
    /** `keytar` or `session`: kept for this session only. */
    backend: z.enum(['keytar', 'session']),
    detail: z.string(),
  }),
  host: z.enum(['electron', 'browser']),
  version: z.string(),
});
export type DeskState = z.output<typeof deskState>;

export const deskOperations = {
  'desk.state': defineOperation({
    name: 'desk.state',
    title: 'State of this console',
    kind: 'query',
    permission: 'viewer',
    input: z.strictObject({}),
    output: deskState,
  }),
  /**
   * The one door for secrets. `fields` holds what the operator typed; main parses each into an
   * opaque Secret at once, writes the keychain, seals and binds. Nothing of it comes back.
   */
  'credential.put': defineOperation({
    name: 'credential.put',
    title: 'Add or replace a credential',
    kind: 'command',
    permission: 'admin',
    danger: 'guarded',
    input: z.strictObject({
      environment: nameSchema,
      destination: nameSchema,
      fields: z.record(z.string().max(40), z.string().max(32_768)),
      reason: z.string().max(500).optional(),
    }),
    output: z.strictObject({ version: z.number(), fingerprint: z.string(), stored: z.enum(['keychain', 'session']) }),
  }),
  'credential.delete': defineOperation({
    name: 'credential.delete',
    title: 'Delete a credential',
    kind: 'command',
    permission: 'admin',
    danger: 'critical',
    input: z.strictObject({
      environment: nameSchema,
      destination: nameSchema,
      confirm: z.string(),
      reason: z.string().max(500).optional(),
    }),
    output: z.strictObject({ deleted: z.boolean() }),
  }),
  /** Binds again what the keychain holds (after a restart or a changed origin). */
  'credential.rebind': defineOperation({
    name: 'credential.rebind',
    title: 'Bind a stored credential again',
    kind: 'command',
    permission: 'admin',
    danger: 'guarded',
    input: z.strictObject({ environment: nameSchema, destination: nameSchema }),
    output: z.strictObject({ version: z.number() }),
  }),
  'environment.add': defineOperation({
    name: 'environment.add',
    title: 'Add an environment',
    kind: 'command',
    permission: 'admin',
    danger: 'critical',
    input: z.strictObject({
      id: nameSchema,
      name: z.string().trim().min(1).max(60),
      kind: z.enum(['staging', 'production']),
      url: z.url({ protocol: /^wss?$/ }),
      token: z.string().min(16).max(512),
    }),
    output: z.strictObject({ added: z.boolean() }),
  }),
  'environment.remove': defineOperation({
    name: 'environment.remove',
    title: 'Remove an environment',
    kind: 'command',
    permission: 'admin',
    danger: 'guarded',
    input: z.strictObject({ id: nameSchema }),
    output: z.strictObject({ removed: z.boolean() }),
  }),
  /** Starts the embedded gateway again after it stopped. */
  'gateway.restart': defineOperation({
    name: 'gateway.restart',
    title: 'Restart the embedded gateway',
    kind: 'command',
    permission: 'operator',
    input: z.strictObject({}),
    output: z.strictObject({ restarted: z.boolean() }),
  }),
  /** Only present in the demo: dials the vendor simulator, kills the gateway. */
  'demo.dial': defineOperation({
    name: 'demo.dial',
    title: 'Dial a vendor failure in the demo',
    kind: 'command',
    permission: 'operator',
    input: z.strictObject({
      vendor: z.string(),
      failure: z.enum(['ok', 'slow', '429', '500', '401', 'hang', 'reset', 'partial']),
      share: z.number().min(0).max(1).default(1),
    }),
    output: z.strictObject({ done: z.boolean() }),
  }),
  'demo.counters': defineOperation({
    name: 'demo.counters',
    title: 'What the simulated vendors counted themselves',
    kind: 'query',
    permission: 'viewer',
    input: z.strictObject({}),
    output: z.strictObject({
      vendors: z.array(
        z.strictObject({ vendor: z.string(), failure: z.string(), requests: z.number(), stored: z.number(), unique: z.number() }),
      ),
    }),
  }),
  'demo.killGateway': defineOperation({
    name: 'demo.killGateway',
    title: 'Kill the gateway (SIGKILL) in the demo',
    kind: 'command',
    permission: 'operator',
    input: z.strictObject({}),
    output: z.strictObject({ killed: z.boolean() }),
  }),
} as const;
export type DeskOperations = typeof deskOperations;

export const deskTopics = {
  'desk.changed': defineTopic({
    name: 'desk.changed',
    title: 'State of this console',
    permission: 'viewer',
    delivery: 'latest',
    params: z.strictObject({}),
    item: deskState,
  }),
} as const;
