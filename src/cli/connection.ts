import { WebSocket } from 'ws';
import { createWebSocketChannel } from '#contract/channels/websocket.ts';
import type { AppError } from '#contract/errors.ts';
import { maxFrameChars } from '#contract/frames.ts';
import type { Audience, InputOf, Operation, OutputOf } from '#contract/operation.ts';
import { operations } from '#contract/operations/index.ts';
import { type CallOptions, createPeer, type Peer } from '#contract/peer.ts';
import { randomId } from '#contract/random-id.ts';
import { ok, type Result } from '#contract/result.ts';
import { type Cli, type ExitCode, fail, isUnreachable } from './report.ts';
import { findTarget } from './target.ts';

/** How long the gateway may take to answer the handshake, ms. A hung one must not keep a person from the hold file. */
const handshakeMs = 3000;
/** How long the closing handshake may take, ms. */
const farewellMs = 500;

export interface Connection {
  readonly peer: Peer;
  readonly url: string;
  close(): void;
}

/** Connects to the gateway that the options and the environment name. `desk`: for what no page of a console may see. */
export async function connect(cli: Cli, audience: Audience = 'view'): Promise<Result<Connection>> {
  const target = findTarget(cli);
  if (!target.ok) return target;
  const { url, token } = target.value;
  const socket = new WebSocket(url, protocolsOf(cli, audience), {
    headers: { authorization: `Bearer ${token.reveal()}` },
    handshakeTimeout: handshakeMs,
    maxPayload: maxFrameChars * 3,
    perMessageDeflate: false,
  });
  const peer = createPeer({ channel: createWebSocketChannel(socket) });
  const close = (): void => {
    peer.close();
    setTimeout(() => socket.terminate(), farewellMs).unref();
  };
  const ready = await peer.ready;
  if (ready.ok) return ok({ peer, url, close });
  close();
  return ready;
}

function protocolsOf({ io }: Cli, audience: Audience): string[] {
  return ['sluice.v1', `sluice.client.cli.${io.user}`, ...(audience === 'desk' ? ['sluice.audience.desk'] : [])];
}

/** Connects, runs, closes; prints why where it could not connect. */
export async function withConnection(
  cli: Cli,
  run: (connection: Connection) => Promise<ExitCode>,
  audience: Audience = 'view',
): Promise<ExitCode> {
  const connection = await connect(cli, audience);
  if (!connection.ok) return fail(cli, connection.error);
  try {
    return await run(connection.value);
  } finally {
    connection.value.close();
  }
}

/** Calls one operation over a connection of its own. */
export async function callOnce<O extends Operation>(
  cli: Cli,
  operation: O,
  input: InputOf<O>,
  options: CallOptions = {},
): Promise<Result<OutputOf<O>>> {
  const connection = await connect(cli);
  if (!connection.ok) return connection;
  const commandId = operation.kind === 'command' ? (options.commandId ?? randomId()) : undefined;
  try {
    const outcome = await connection.value.peer.call(operation, input, { ...options, commandId });
    if (!outcome.ok && commandId !== undefined && isUnreachable(outcome.error)) await explainLostReply(cli, commandId, outcome.error);
    return outcome;
  } finally {
    connection.value.close();
  }
}

/** A command's reply was lost: asks once, over a new connection, whether it took effect. Nothing is ever sent again by itself. */
async function explainLostReply(cli: Cli, commandId: string, error: AppError): Promise<void> {
  const ask = `sluice call command.outcome '${JSON.stringify({ commandId })}'`;
  const connection = await connect(cli);
  const outcome = connection.ok ? await connection.value.peer.call(operations['command.outcome'], { commandId }) : connection;
  if (connection.ok) connection.value.close();
  if (outcome.ok) {
    const { action, target, outcome: what } = outcome.value;
    cli.io.err(`The reply was lost (${error.code}), but the command is in the audit: ${action} ${target}: ${what}.\n`);
  } else if (outcome.error.code === 'COMMAND_UNKNOWN') {
    cli.io.err(`The reply was lost (${error.code}) and the command is not in the audit: it had no effect so far.\n`);
  } else cli.io.err(`Whether the command took effect is not known (${error.code}). Ask later with: ${ask}\n`);
}
