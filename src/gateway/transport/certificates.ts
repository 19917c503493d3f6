/** What is shown of certificates: whose, by whom, until when. */
import { X509Certificate } from 'node:crypto';
import { type CertificateFacts, certificateWarnDays } from '#contract/documents/transport.ts';

type Role = CertificateFacts['role'];

const dayMs = 86_400_000;
const block = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** The certificates of a PEM text, in its order; null where one cannot be read, or there is none. */
export function readCertificates(pem: string): readonly X509Certificate[] | null {
  try {
    const found = (pem.match(block) ?? []).map((text) => new X509Certificate(text));
    return found.length > 0 ? found : null;
  } catch {
    return null;
  }
}

/** The common name where there is one; else what stands there, on one line. */
function nameIn(text: string): string {
  return (/^CN=(.+)$/m.exec(text)?.[1] ?? text.replaceAll('\n', ', ')).slice(0, 200);
}

type Fixed = Pick<CertificateFacts, 'subject' | 'issuer' | 'fingerprint' | 'validFrom' | 'expiresAt'>;

/** What never changes of a certificate: read once, because ticks ask every second. */
const fixed = new WeakMap<X509Certificate, Fixed>();

function fixedOf(certificate: X509Certificate): Fixed {
  const known = fixed.get(certificate);
  if (known !== undefined) return known;
  const facts = {
    subject: nameIn(certificate.subject),
    issuer: nameIn(certificate.issuer),
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    validFrom: Date.parse(certificate.validFrom),
    expiresAt: Date.parse(certificate.validTo),
  };
  fixed.set(certificate, facts);
  return facts;
}

export function certificateFacts(role: Role, certificate: X509Certificate, now: number): CertificateFacts {
  const facts = fixedOf(certificate);
  const { validFrom, expiresAt } = facts;
  const daysLeft = Math.floor((expiresAt - now) / dayMs);
  const verdict = expiresAt <= now ? 'over' : validFrom > now ? 'early' : daysLeft < certificateWarnDays ? 'ends' : 'good';
  return { role, ...facts, verdict, daysLeft };
}

/** Facts of each certificate of a PEM text; empty where it cannot be read. */
export function factsOfPem(role: Role, pem: string, now: number): readonly CertificateFacts[] {
  return (readCertificates(pem) ?? []).map((certificate) => certificateFacts(role, certificate, now));
}

/** Epoch ms at which the first of them ends; null where there are none. */
export function firstEnd(certificates: readonly CertificateFacts[]): number | null {
  return certificates.length === 0 ? null : Math.min(...certificates.map(({ expiresAt }) => expiresAt));
}

/** What is worth a warning, soonest first. */
export function endingSoon<T extends { readonly certificate: CertificateFacts }>(items: readonly T[]): readonly T[] {
  return items
    .filter(({ certificate }) => certificate.verdict === 'ends' || certificate.verdict === 'over')
    .sort((a, b) => a.certificate.expiresAt - b.certificate.expiresAt);
}
