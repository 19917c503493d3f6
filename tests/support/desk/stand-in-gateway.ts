/**
 * Stands for a gateway in tests of the desk: a real WebSocket server and peer that serve the
 * operations a desk uses, and open sealed credentials with a real key.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import sodium from 'libsodium-wrappers';
import { WebSocketServer } from 'ws';
import { createWebSocketChannel } from '#contract/channels/websocket.ts';
import { appError } from '#contract/errors.ts';
import { operations } from '#contract/operations/index.ts';
import { topics } from '#contract/operations/topics.ts';
import { createPeer } from '#contract/peer.ts';
import { err, ok } from '#contract/result.ts';
import { createService, type Handlers } from '#contract/service.ts';
import { z } from '#contract/zod.ts';

const served = {
  'gateway.key': operations['gateway.key'],
  'credential.list': operations['credential.list'],
  'credential.bind': operations['credential.bind'],
  'credential.remove': operations['credential.remove'],
} as const;

const sealedSchema = z.strictObject({
  environment: z.string(),
  destination: z.string(),
  version: z.number(),
  origin: z.string(),
  nonce: z.string().min(16),
  expiresAt: z.number(),
  secret: z.record(z.string(), z.string()),
});
type Opened = z.output<typeof sealedSchema>;

interface Destination {
  origin: string;
  version: number | null;
  held: Opened | null;
}

export interface StandInGateway {
  readonly url: string;
  readonly token: string;
  /** What `gateway.key` shows. Another one than it was started with cannot open anything. */
  publicKey: string;
  readonly destinations: Map<string, Destination>;
  /** Everything that came in on any link, as it was on the wire. */
  readonly received: readonly string[];
  /** Answers `credential.bind` with this code instead of doing it. */
  refuseBind: 'CREDENTIAL_SEAL_INVALID' | null;
  /** Forgets what it held and drops every link, as a restart does. */
  restart(): void;
  close(): Promise<void>;
}

export async function startStandInGateway(options: { token?: string; destinations?: readonly string[] } = {}): Promise<StandInGateway> {
  await sodium.ready;
  const keys = sodium.crypto_box_keypair();
  const publicKey = Buffer.from(keys.publicKey).toString('base64');
  const { token = 'stand-in-gateway-token', destinations: names = ['hubspot', 'meta'] } = options;
  const destinations = new Map<string, Destination>(
    names.map((name) => [name, { origin: 'https://api.vendor.example', version: null, held: null }]),
  );
  const received: string[] = [];
  const open = (sealed: string): Opened => {
    const bytes = sodium.from_base64(sealed, sodium.base64_variants.ORIGINAL);
    return sealedSchema.parse(JSON.parse(Buffer.from(sodium.crypto_box_seal_open(bytes, keys.publicKey, keys.privateKey)).toString()));
  };

  const handlers: Handlers<typeof served> = {
    'gateway.key': () => ok({ publicKey: gateway.publicKey, fingerprint: 'not computed here', environment: 'stand-in' }),
    'credential.list': () => ok({ credentials: [...destinations].map(([destination, state]) => rowOf(destination, state)) }),
    'credential.bind': ({ destination, version, sealed }) => {
      if (gateway.refuseBind) return err(appError(gateway.refuseBind));
      const state = destinations.get(destination);
      if (!state) return err(appError('DOCUMENT_NOT_FOUND'));
      const opened = open(sealed);
      if (opened.origin !== state.origin) return err(appError('CREDENTIAL_ORIGIN_CHANGED', { origin: state.origin }));
      if (version < (state.version ?? 0)) return err(appError('DOCUMENT_CONFLICT', { version: state.version }));
      Object.assign(state, { version, held: opened });
      return ok({ revision: version, fingerprint: createHash('sha256').update(JSON.stringify(opened.secret)).digest('hex').slice(-4) });
    },
    'credential.remove': ({ destination }) => {
      const state = destinations.get(destination);
      if (!state?.held) return err(appError('CREDENTIAL_MISSING'));
      state.held = null;
      return ok({ revision: 1 });
    },
  };
  const tick = topics['telemetry.tick'];
  const service = createService({
    operations: served,
    handlers,
    topics: { 'telemetry.tick': tick },
    feeds: { 'telemetry.tick': () => () => {} },
  });

  const server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    handleProtocols: () => 'sluice.v1',
    verifyClient: ({ req }, decide) => decide(offered(req.headers['sec-websocket-protocol']).includes(`sluice.token.${token}`), 401),
  });
  server.on('connection', (socket, request) => {
    socket.on('message', (data) => received.push(String(data)));
    const audience = offered(request.headers['sec-websocket-protocol']).includes('sluice.audience.desk') ? 'desk' : 'view';
    createPeer({ channel: createWebSocketChannel(socket), serve: { service, context: { audience, by: 'test' } } });
  });
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');

  const dropLinks = (): void => {
    for (const client of server.clients) client.terminate();
  };
  const gateway: StandInGateway = {
    url: `ws://127.0.0.1:${address.port}`,
    token,
    publicKey,
    destinations,
    received,
    refuseBind: null,
    restart() {
      for (const state of destinations.values()) state.held = null;
      dropLinks();
    },
    async close() {
      dropLinks();
      server.close();
      await once(server, 'close');
    },
  };
  return gateway;
}

function offered(header: string | undefined): readonly string[] {
  return (header ?? '').split(',').map((name) => name.trim());
}

function rowOf(destination: string, { origin, version, held }: Destination) {
  return {
    destination,
    connector: 'hubspot',
    fields: [{ name: 'token', label: 'Token', multiline: false }],
    state: held ? (held.origin === origin ? ('present' as const) : ('origin-changed' as const)) : ('missing' as const),
    origin,
    version,
    fingerprint: null,
    from: version === null ? null : ('desk' as const),
    boundAt: null,
    checkable: false,
  };
}
