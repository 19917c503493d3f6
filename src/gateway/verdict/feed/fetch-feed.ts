import { Agent, request } from 'undici';

/** What the last answer said, to ask only for what is newer. */
export interface Known {
  readonly etag: string | null;
  readonly lastModified: string | null;
}

export type Fetched =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'read'; readonly text: string; readonly known: Known }
  /** `problem`: a short text without the address. */
  | { readonly kind: 'failed'; readonly problem: string; readonly retryAfterMs: number | null };

export type FetchFeed = (url: string, known: Known) => Promise<Fetched>;

/** Status pages are some 20 to 400 KB. */
const largestBytes = 1024 * 1024;
const longestHeader = 300;
const timeoutMs = 10_000;

/**
 * Reads status pages with connections of its own. Bounded in size and time; unpacks nothing; follows no redirect, because
 * nobody has allowed where it leads to.
 */
export function createFeedFetcher(): { readonly fetch: FetchFeed; close(): Promise<void> } {
  const agent = new Agent({
    connections: 1,
    connect: { timeout: timeoutMs },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    keepAliveTimeout: 1000,
  });
  return {
    async fetch(url, known) {
      const headers = {
        accept: 'application/json, application/rss+xml, application/atom+xml, application/xml;q=0.9, text/xml;q=0.9',
        'accept-encoding': 'identity',
        'user-agent': 'sluice',
        ...(known.etag === null ? {} : { 'if-none-match': known.etag }),
        ...(known.lastModified === null ? {} : { 'if-modified-since': known.lastModified }),
      };
      try {
        const answer = await request(url, { headers, dispatcher: agent, signal: AbortSignal.timeout(timeoutMs) });
        if (answer.statusCode === 200) return await read(answer);
        await answer.body.dump({ limit: 65_536 });
        if (answer.statusCode === 304) return { kind: 'unchanged' };
        return {
          kind: 'failed',
          problem: statusProblem(answer.statusCode),
          retryAfterMs: retryAfterMs(one(answer.headers['retry-after'])),
        };
      } catch (thrown) {
        return { kind: 'failed', problem: `no answer (${codeOf(thrown)})`, retryAfterMs: null };
      }
    },
    close: () => agent.destroy(),
  };
}

type Answer = Awaited<ReturnType<typeof request>>;

async function read({ body, headers }: Answer): Promise<Fetched> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of body) {
    sizeBytes += chunk.length;
    if (sizeBytes > largestBytes) return { kind: 'failed', problem: 'it is larger than 1 MiB', retryAfterMs: null };
    chunks.push(chunk);
  }
  return {
    kind: 'read',
    text: Buffer.concat(chunks).toString('utf8'),
    known: { etag: one(headers.etag), lastModified: one(headers['last-modified']) },
  };
}

function statusProblem(status: number): string {
  return status >= 300 && status < 400 ? `HTTP ${status}: it has moved, and redirects are not followed` : `HTTP ${status}`;
}

function one(header: string | string[] | undefined): string | null {
  const text = Array.isArray(header) ? header[0] : header;
  return text === undefined || text.length > longestHeader ? null : text;
}

function retryAfterMs(text: string | null): number | null {
  return text !== null && /^\d{1,6}$/.test(text) ? Number(text) * 1000 : null;
}

function codeOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'unknown';
  return 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : thrown.name;
}
