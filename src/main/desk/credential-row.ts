import { type AppError, appError } from '#contract/errors.ts';
import type { OutputOf } from '#contract/operation.ts';
import { operations } from '#contract/operations/index.ts';
import type { Peer } from '#contract/peer.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { Secret } from '#contract/secret.ts';

/** What a gateway says of a destination's credential. */
export type CredentialRow = OutputOf<(typeof operations)['credential.list']>['credentials'][number];

/** DOCUMENT_NOT_FOUND when the gateway has no such destination. */
export async function findCredentialRow(peer: Peer, destination: string): Promise<Result<CredentialRow>> {
  const listed = await peer.call(operations['credential.list'], {});
  if (!listed.ok) return listed;
  const row = listed.value.credentials.find((entry) => entry.destination === destination);
  return row ? ok(row) : err(appError('DOCUMENT_NOT_FOUND', { destination }));
}

/** Why what was typed does not fit the connector, or null. Names fields only, never what is in them. */
export function checkFields(row: CredentialRow, fields: Readonly<Record<string, Secret>>): AppError | null {
  const wanted = row.fields.map(({ name }) => name);
  const missing = wanted.filter((name) => !Object.hasOwn(fields, name)).map((path) => ({ path, message: 'is missing' }));
  const unknown = Object.keys(fields).filter((name) => !wanted.includes(name));
  const issues = [...missing, ...unknown.map((path) => ({ path, message: 'is not a field of this connector' }))];
  if (issues.length > 0) return appError('INPUT_INVALID', { issues });
  const empty = Object.entries(fields).find(([, value]) => value.length === 0);
  return empty ? appError('SECRET_EMPTY', { field: empty[0] }) : null;
}
