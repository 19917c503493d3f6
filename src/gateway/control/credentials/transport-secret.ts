import { createPrivateKey } from 'node:crypto';
import { appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { CredentialField } from '#gateway/connectors/connector.ts';
import { readCertificates } from '#gateway/transport/certificates.ts';
import { transportFieldNames } from '#gateway/transport/reach.ts';
import { checkSecretFields } from './sealed-text.ts';

/** Whether a secret has the fields that are wanted, and a client certificate that can be used. SECRET_EMPTY, SECRET_TOO_LONG, INPUT_INVALID. */
export function checkSecret(values: Readonly<Record<string, string>>, wanted: readonly CredentialField[]): Result<void> {
  const fields = checkSecretFields(values, wanted);
  return fields.ok ? checkClientCertificate(values) : fields;
}

/** Nothing of certificate or key is quoted. */
function checkClientCertificate(values: Readonly<Record<string, string>>): Result<void> {
  const { clientCertificate, clientKey } = values;
  if (clientCertificate === undefined || clientKey === undefined) return ok(undefined);
  const wrong = (field: string, message: string) => err(appError('INPUT_INVALID', { issues: [{ path: `secret.${field}`, message }] }));
  const [own] = readCertificates(clientCertificate) ?? [];
  if (own === undefined) return wrong(transportFieldNames.clientCertificate, 'is no certificate in PEM');
  try {
    if (own.checkPrivateKey(createPrivateKey(clientKey))) return ok(undefined);
  } catch {
    // What the parser says may quote the key.
    return wrong(transportFieldNames.clientKey, 'is no key in PEM that can be read without a password');
  }
  return wrong(transportFieldNames.clientKey, 'does not belong to the client certificate');
}
