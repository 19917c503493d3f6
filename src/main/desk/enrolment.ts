/** Getting to know a gateway: what may be added, and the key it shows. */
import { type AppError, appError } from '#contract/errors.ts';
import { operations } from '#contract/operations/index.ts';
import { createPeer, type Peer } from '#contract/peer.ts';
import { ok, type Result } from '#contract/result.ts';
import type { Secret } from '#contract/secret.ts';
import { dialGateway, type Endpoint, tokenPattern } from '../relay/dial.ts';
import type { Question } from './confirm.ts';
import type { RemoteEnvironment } from './desk-file.ts';
import { keyFingerprint } from './seal.ts';

export type NewEnvironment = Pick<RemoteEnvironment, 'id' | 'name' | 'kind' | 'url'>;

export interface GatewayKey {
  /** 32 bytes, base64. */
  readonly publicKey: string;
  readonly fingerprint: string;
  /** What the gateway calls its environment; sealed credentials name it. */
  readonly environment: string;
}

/** Why an environment may not be added, or null. */
export function checkNewEnvironment({ url }: NewEnvironment, token: Secret): AppError | null {
  const issue = (path: string, message: string) => appError('INPUT_INVALID', { issues: [{ path, message }] });
  if (!tokenPattern.test(token.reveal())) return issue('token', 'use 16 to 512 letters, digits and -._~ only');
  const { protocol, hostname, username, password } = new URL(url);
  if (username !== '' || password !== '') return issue('url', 'leave user name and password out of the URL');
  const isLoopback = hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
  return protocol === 'wss:' || isLoopback ? null : issue('url', 'use wss: the token must not cross a network in the clear');
}

/** The key a gateway shows on a link. */
export async function readGatewayKey(peer: Peer): Promise<Result<GatewayKey>> {
  const shown = await peer.call(operations['gateway.key'], {});
  if (!shown.ok) return shown;
  const { publicKey, environment } = shown.value;
  // Computed here: what a gateway says of its own key proves nothing.
  return ok({ publicKey, environment, fingerprint: keyFingerprint(publicKey) });
}

/** The key of a gateway that is not known yet, over a link of its own. */
export async function readFirstKey(endpoint: Endpoint): Promise<Result<GatewayKey>> {
  const peer = createPeer({ channel: dialGateway(endpoint, 'desk') });
  const key = await readGatewayKey(peer);
  peer.close();
  return key;
}

export function enrolmentQuestion({ name, url }: NewEnvironment, fingerprint: string): Question {
  return {
    title: `Add the environment “${name}”?`,
    detail: `Gateway: ${url}\nIts key: ${fingerprint}\nCompare the key with the one that the gateway’s owner sees. Credentials will be sealed to it.`,
    action: 'Add and trust this key',
  };
}
