/**
 * Certificates made on the spot (RFC 5280, ECDSA P-256), so that a test needs no openssl and no file: an authority,
 * and what it signs for a server or a client.
 */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';

export interface Made {
  /** PEM. */
  readonly cert: string;
  /** PEM, PKCS #8. */
  readonly key: string;
}

export interface Authority extends Made {
  issue(wanted: Wanted): Made;
}

export interface Wanted {
  readonly name: string;
  /** DNS names and addresses that it is valid for. Default: localhost and 127.0.0.1. */
  readonly hosts?: readonly string[];
  /** Default: an hour ago. */
  readonly validFrom?: Date;
  /** Default: in 90 days. */
  readonly expiresAt?: Date;
}

const dayMs = 86_400_000;

function tlv(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  if (body.length < 128) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const hex = body.length.toString(16);
  const size = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 | size.length]), size, body]);
}
const sequence = (...parts: readonly Uint8Array[]) => tlv(0x30, ...parts);
const set = (...parts: readonly Uint8Array[]) => tlv(0x31, ...parts);
const octets = (body: Uint8Array) => tlv(0x04, body);
const bits = (body: Uint8Array, unused = 0) => tlv(0x03, Buffer.from([unused]), body);
const yes = Buffer.from([0x01, 0x01, 0xff]);

function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const groups = [arc & 0x7f];
    for (let left = arc >> 7; left > 0; left >>= 7) groups.unshift((left & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return tlv(0x06, Buffer.from(bytes));
}

function time(at: Date): Buffer {
  return tlv(
    0x18,
    Buffer.from(
      at
        .toISOString()
        .replace(/[-:T]/g, '')
        .replace(/\.\d+Z$/, 'Z'),
    ),
  );
}

const nameOf = (text: string) => sequence(set(sequence(oid('2.5.4.3'), tlv(0x0c, Buffer.from(text)))));
const ecdsaSha256 = sequence(oid('1.2.840.10045.4.3.2'));

function extension(id: string, value: Buffer, isCritical = false): Buffer {
  return sequence(oid(id), ...(isCritical ? [yes] : []), octets(value));
}

function alternativeNames(hosts: readonly string[]): Buffer {
  const names = hosts.map((host) =>
    isIP(host) === 4 ? tlv(0x87, Buffer.from(host.split('.').map(Number))) : tlv(0x82, Buffer.from(host)),
  );
  return extension('2.5.29.17', sequence(...names));
}

interface Signer {
  readonly name: string;
  readonly key: KeyObject;
}

function keyIdOf(publicKey: Buffer): Buffer {
  return createHash('sha1').update(publicKey).digest();
}

function certify(
  subject: string,
  publicKey: Buffer,
  issuer: Signer & { readonly publicKey: Buffer },
  wanted: Wanted,
  extensions: readonly Buffer[],
) {
  const { validFrom = new Date(Date.now() - 3_600_000), expiresAt = new Date(Date.now() + 90 * dayMs) } = wanted;
  const serial = Buffer.concat([Buffer.from([0x40]), randomBytes(15)]);
  const ids = [extension('2.5.29.14', octets(keyIdOf(publicKey))), extension('2.5.29.35', sequence(tlv(0x80, keyIdOf(issuer.publicKey))))];
  const body = sequence(
    tlv(0xa0, Buffer.from([0x02, 0x01, 0x02])),
    tlv(0x02, serial),
    ecdsaSha256,
    nameOf(issuer.name),
    sequence(time(validFrom), time(expiresAt)),
    nameOf(subject),
    publicKey,
    tlv(0xa3, sequence(...extensions, ...ids)),
  );
  const der = sequence(body, ecdsaSha256, bits(sign('sha256', body, issuer.key)));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function newKeys() {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    publicKey: publicKey.export({ type: 'spki', format: 'der' }),
    privateKey,
    pem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** An authority that trusts itself. */
export function createAuthority(name = 'Test authority', wanted: Omit<Wanted, 'name' | 'hosts'> = {}): Authority {
  const own = newKeys();
  const signer = { name, key: own.privateKey, publicKey: own.publicKey };
  const cert = certify(name, own.publicKey, signer, { name, ...wanted }, [
    extension('2.5.29.19', sequence(yes), true),
    extension('2.5.29.15', bits(Buffer.from([0x06]), 1), true),
  ]);
  return {
    cert,
    key: own.pem,
    issue(what) {
      const keys = newKeys();
      const hosts = what.hosts ?? ['localhost', '127.0.0.1'];
      const leaf = certify(what.name, keys.publicKey, signer, what, [
        extension('2.5.29.19', sequence(), true),
        extension('2.5.29.15', bits(Buffer.from([0x80]), 7), true),
        extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.1'), oid('1.3.6.1.5.5.7.3.2'))),
        ...(hosts.length === 0 ? [] : [alternativeNames(hosts)]),
      ]);
      return { cert: leaf, key: keys.pem };
    },
  };
}
