/**
 * TLS at the ingest port, from files: a certificate with its chain, its key, and, where only known senders may knock,
 * the authorities that vouch for them. The files are looked at again while the gateway runs, so that a renewed
 * certificate is in use within a minute, without a restart; files that cannot be used leave the former ones in place.
 */
import { createPrivateKey } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { Server } from 'node:https';
import { createSecureContext } from 'node:tls';
import type { CertificateFacts } from '#contract/documents/transport.ts';
import { appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import { factsOfPem, readCertificates } from '#gateway/transport/certificates.ts';

export interface IngestTlsFiles {
  readonly cert: string;
  readonly key: string;
  /** PEM of the authorities of senders' certificates; null: anybody may connect. */
  readonly clientCa: string | null;
}

export interface IngestTls {
  /** For `https.createServer`. */
  readonly serverOptions: ServerTls;
  /** What is in use now. */
  certificates(now: number): readonly CertificateFacts[];
  /** Gives the server what the files say from now on. Returns what ends that. */
  follow(server: Server, warn: (problem: Readonly<Record<string, unknown>>) => void): () => void;
}

interface Pems {
  readonly cert: string;
  readonly key: string;
  readonly ca?: string;
}
type ServerTls = Pems & { readonly requestCert: boolean; readonly rejectUnauthorized: boolean };

const lookEveryMs = 60_000;

/** TLS_FILE_UNUSABLE names the file and says why; it quotes nothing of what is in it. */
export function openIngestTls(files: IngestTlsFiles, lookMs = lookEveryMs): Result<IngestTls> {
  const first = readPems(files);
  if (!first.ok) return first;
  const isMutual = files.clientCa !== null;
  let pems = first.value;
  let seen = stampOf(files);
  return ok({
    serverOptions: { ...pems, requestCert: isMutual, rejectUnauthorized: isMutual },
    certificates: (now) => [
      ...factsOfPem('ingest', pems.cert, now),
      ...(pems.ca === undefined ? [] : factsOfPem('ingest-ca', pems.ca, now)),
    ],
    follow(server, warn) {
      const timer = setInterval(() => {
        const stamp = stampOf(files);
        if (stamp === seen) return;
        seen = stamp;
        const next = readPems(files);
        if (!next.ok) return warn(next.error.details ?? {});
        pems = next.value;
        server.setSecureContext(pems);
      }, lookMs);
      timer.unref();
      return () => clearInterval(timer);
    },
  });
}

/** Changes when a file does. */
function stampOf({ cert, key, clientCa }: IngestTlsFiles): string {
  return [cert, key, ...(clientCa === null ? [] : [clientCa])]
    .map((file) => {
      const stat = statSync(file, { throwIfNoEntry: false });
      return stat === undefined ? '-' : `${stat.mtimeMs}/${stat.ino}/${stat.size}`;
    })
    .join(' ');
}

function unusable(file: string, why: string): Result<never> {
  return err(appError('TLS_FILE_UNUSABLE', { file, why }));
}

function readPems(files: IngestTlsFiles): Result<Pems> {
  const cert = readText(files.cert);
  if (!cert.ok) return cert;
  const [own] = readCertificates(cert.value) ?? [];
  if (own === undefined) return unusable(files.cert, 'it holds no certificate in PEM');
  const key = readText(files.key);
  if (!key.ok) return key;
  const ca = files.clientCa === null ? null : readText(files.clientCa);
  if (ca !== null && !ca.ok) return ca;
  if (files.clientCa !== null && ca !== null && readCertificates(ca.value) === null)
    return unusable(files.clientCa, 'it holds no certificate in PEM');
  try {
    if (!own.checkPrivateKey(createPrivateKey(key.value))) return unusable(files.key, 'the key does not belong to the certificate');
  } catch {
    return unusable(files.key, 'it holds no key in PEM that can be read without a password');
  }
  const pems = { cert: cert.value, key: key.value, ...(ca === null ? {} : { ca: ca.value }) };
  try {
    // What TLS itself has against them: a key that is too short, a signature that is too weak.
    createSecureContext(pems);
  } catch (error) {
    return unusable(files.cert, `TLS refuses it (${error instanceof Error && 'code' in error ? String(error.code) : 'no reason given'})`);
  }
  return ok(pems);
}

function readText(file: string): Result<string> {
  try {
    return ok(readFileSync(file, 'utf8'));
  } catch (error) {
    return unusable(file, `it cannot be read (${error instanceof Error && 'code' in error ? String(error.code) : 'no reason given'})`);
  }
}
