import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type RequestOptions, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PeerCertificate, TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { createMemoryLog } from '#gateway/log/memory-log.ts';
import { createMeter } from '#gateway/telemetry/meter.ts';
import { createAuthority, type Made } from '#tests/support/tls/certificates.ts';
import { createIngestServer, type IngestServer } from './ingest-server.ts';
import { type IngestTls, openIngestTls } from './ingest-tls.ts';
import { indexSources } from './source-index.ts';
import { sourceDocuments } from './testing/front-door.ts';

const authority = createAuthority('Private authority');
const dayMs = 86_400_000;

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'sluice-ingest-tls-'));
  closing.push(() => rmSync(made, { recursive: true }));
  return made;
}

function filesOf(at: string, pair: Made, clientCa?: string) {
  const files = { cert: join(at, 'cert.pem'), key: join(at, 'key.pem'), clientCa: clientCa === undefined ? null : join(at, 'ca.pem') };
  writeFileSync(files.cert, pair.cert);
  writeFileSync(files.key, pair.key);
  if (files.clientCa !== null && clientCa !== undefined) writeFileSync(files.clientCa, clientCa);
  return files;
}

function tlsOf(files: Parameters<typeof openIngestTls>[0], lookMs?: number): IngestTls {
  const opened = openIngestTls(files, lookMs);
  if (!opened.ok) throw new Error(JSON.stringify(opened.error));
  return opened.value;
}

async function open(tls: IngestTls) {
  const log = createMemoryLog();
  const problems: object[] = [];
  const sources = indexSources(sourceDocuments);
  const started = await createIngestServer({
    port: 0,
    host: '127.0.0.1',
    tls,
    log,
    sources: () => sources,
    route: () => log.route([]),
    meter: createMeter(),
    now: Date.now,
    logger: { error: (details) => void problems.push(details) },
  });
  if (!started.ok) throw new Error(started.error.message);
  closing.push(
    () => log.close(),
    () => started.value.close(0),
  );
  return { server: started.value, log, problems };
}

/** Sends one event as a client that trusts `authority`; resolves with status, body and the server's certificate. */
function send(server: IngestServer, path = '/v1/track', options: RequestOptions = {}) {
  return new Promise<{ status: number; text: string; shown: PeerCertificate }>((resolve, reject) => {
    const sent = request(
      {
        host: 'localhost',
        port: server.port,
        path,
        ca: authority.cert,
        method: path.includes('settings') ? 'GET' : 'POST',
        agent: false,
        headers: { authorization: `Basic ${Buffer.from('web-key:').toString('base64')}`, 'content-type': 'application/json' },
        ...options,
      },
      (response) => {
        const { socket } = response;
        if (!(socket instanceof TLSSocket)) throw new Error('in the clear');
        const shown = socket.getPeerCertificate();
        let text = '';
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text, shown }));
      },
    );
    sent.on('error', reject);
    sent.end(sent.method === 'POST' ? JSON.stringify({ event: 'Order', userId: 'u1', messageId: 'm1' }) : undefined);
  });
}

describe('ingest over TLS', () => {
  it('takes events, says so in its address, and shows until when its certificate is good', async () => {
    const expiresAt = new Date(Date.now() + 20 * dayMs + 60_000);
    const tls = tlsOf(filesOf(folder(), authority.issue({ name: 'events.example', expiresAt })));
    const { server, log } = await open(tls);
    expect(server.url).toBe(`https://127.0.0.1:${server.port}`);
    expect(await send(server)).toMatchObject({ status: 200, shown: { subject: { CN: 'events.example' } } });
    expect(log.head()).toBe(1);
    expect(tls.certificates(Date.now())).toMatchObject([{ role: 'ingest', subject: 'events.example', verdict: 'ends', daysLeft: 20 }]);
  });

  it('tells browsers to come back over TLS', async () => {
    const { server } = await open(tlsOf(filesOf(folder(), authority.issue({ name: 'events.example' }))));
    const { text } = await send(server, '/v1/projects/web-key/settings');
    expect(JSON.parse(text)).toMatchObject({ integrations: { 'Segment.io': { protocol: 'https' } } });
  });

  it('lets in only who shows a certificate of the authorities that it knows', async () => {
    const senders = createAuthority('Senders');
    const tls = tlsOf(filesOf(folder(), authority.issue({ name: 'events.example' }), senders.cert));
    const { server, log } = await open(tls);
    await expect(send(server)).rejects.toThrow();
    const stranger = authority.issue({ name: 'stranger', hosts: [] });
    await expect(send(server, '/v1/track', { cert: stranger.cert, key: stranger.key })).rejects.toThrow();
    expect(log.head()).toBe(0);
    const known = senders.issue({ name: 'shop', hosts: [] });
    expect(await send(server, '/v1/track', { cert: known.cert, key: known.key })).toMatchObject({ status: 200 });
    expect(tls.certificates(Date.now()).map(({ role, subject }) => `${role} ${subject}`)).toEqual([
      'ingest events.example',
      'ingest-ca Senders',
    ]);
  });

  it('uses a renewed certificate without a restart, and keeps the former where the new one is no good', async () => {
    const at = folder();
    const files = filesOf(at, authority.issue({ name: 'old.example' }));
    const tls = tlsOf(files, 20);
    const { server, problems } = await open(tls);
    expect((await send(server)).shown.subject.CN).toBe('old.example');
    writeFileSync(files.cert, 'half a cert');
    while (problems.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(problems[0]).toMatchObject({ file: files.cert, why: 'it holds no certificate in PEM' });
    expect((await send(server)).shown.subject.CN).toBe('old.example');
    filesOf(at, authority.issue({ name: 'new.example' }));
    while (tls.certificates(Date.now())[0]?.subject !== 'new.example') await new Promise((resolve) => setTimeout(resolve, 5));
    expect((await send(server)).shown.subject.CN).toBe('new.example');
  });

  it('does not start with files that cannot be used, and names the one that is wrong', () => {
    const at = folder();
    const good = filesOf(at, authority.issue({ name: 'events.example' }));
    const problemOf = (files: typeof good) => {
      const opened = openIngestTls(files);
      return opened.ok ? 'fine' : `${opened.error.code} ${opened.error.details?.file} ${opened.error.details?.why}`;
    };
    expect(problemOf(good)).toBe('fine');
    expect(problemOf({ ...good, cert: join(at, 'none.pem') })).toBe(`TLS_FILE_UNUSABLE ${at}/none.pem it cannot be read (ENOENT)`);
    const other = join(at, 'other.pem');
    writeFileSync(other, authority.issue({ name: 'x' }).key);
    expect(problemOf({ ...good, key: other })).toContain('the key does not belong to the certificate');
    writeFileSync(other, 'nothing');
    expect(problemOf({ ...good, key: other })).toContain('no key in PEM');
    expect(problemOf({ ...good, clientCa: other })).toContain('no certificate in PEM');
  });
});
