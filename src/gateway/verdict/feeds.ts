/** Keeps what the status pages say up to date. Destinations that name the same page share one reading. */
import type { FeedReading } from './evidence.ts';
import type { FetchFeed, Known } from './feed/fetch-feed.ts';
import { type Feed, parseFeed, reportOf } from './feed/parse-feed.ts';

/** Between two readings of a page, and at most where it cannot be read, ms. */
export const feedEveryMs = 60_000;
const longestMs = 15 * 60_000;
const leastBetweenMs = 3_000;
const reportForMs = 10_000;
const mostAtOnce = 4;

export interface Feeds {
  /** Reads what is due. `urls`: all pages there are; others are forgotten. */
  look(urls: ReadonlySet<string>, at: number): void;
  /** Null before the first reading. */
  last(url: string, component: string | undefined): FeedReading | null;
  /** Reads it now, unless that was just done. */
  askNow(url: string): Promise<void>;
}

interface Page {
  known: Known;
  feed: Feed | null;
  problem: string;
  /** Epoch ms of the last reading; null before the first. */
  readAt: number | null;
  askedAt: number;
  dueAt: number;
  failures: number;
  asking: Promise<void> | null;
  /** By component: a page is asked of at each look, and incidents age slowly. */
  readonly reports: Map<string, { readonly at: number; readonly reading: FeedReading }>;
}

const nothingKnown: Known = { etag: null, lastModified: null };

/** @param now epoch ms @param random 0 ≤ random < 1 */
export function createFeeds(fetch: FetchFeed, now: () => number, random: () => number): Feeds {
  const pages = new Map<string, Page>();
  let atOnce = 0;

  function of(url: string): Page {
    const found = pages.get(url);
    if (found !== undefined) return found;
    const made: Page = {
      known: nothingKnown,
      feed: null,
      problem: '',
      readAt: null,
      askedAt: Number.NEGATIVE_INFINITY,
      dueAt: now() + 1000 * random(),
      failures: 0,
      asking: null,
      reports: new Map(),
    };
    pages.set(url, made);
    return made;
  }

  async function read(url: string, page: Page): Promise<void> {
    const fetched = await fetch(url, page.known);
    page.readAt = now();
    page.reports.clear();
    if (fetched.kind === 'failed') return fail(page, fetched.problem, fetched.retryAfterMs);
    if (fetched.kind === 'read') {
      const feed = parseFeed(fetched.text);
      // Without this a page that is no feed would be taken for unchanged next time.
      page.known = feed === null ? nothingKnown : fetched.known;
      page.feed = feed;
      if (feed === null) return fail(page, 'it is neither Statuspage’s summary.json nor RSS nor Atom', null);
    }
    page.problem = '';
    page.failures = 0;
    page.dueAt = now() + feedEveryMs * (0.9 + 0.2 * random());
  }

  function fail(page: Page, problem: string, retryAfterMs: number | null): void {
    page.problem = problem;
    page.feed = null;
    page.known = nothingKnown;
    page.failures++;
    page.dueAt = now() + Math.min(longestMs, Math.max(retryAfterMs ?? 0, feedEveryMs * 2 ** Math.min(10, page.failures - 1)));
  }

  function ask(url: string, page: Page): void {
    page.askedAt = now();
    atOnce++;
    page.asking = read(url, page).finally(() => {
      atOnce--;
      page.asking = null;
    });
  }

  return {
    look(urls, at) {
      for (const url of pages.keys()) if (!urls.has(url)) pages.delete(url);
      for (const url of urls) {
        const page = of(url);
        if (page.asking === null && at >= page.dueAt && atOnce < mostAtOnce) ask(url, page);
      }
    },
    last(url, component) {
      const page = pages.get(url);
      if (page === undefined || page.readAt === null) return null;
      const known = page.reports.get(component ?? '');
      if (known !== undefined && now() - known.at < reportForMs) return known.reading;
      const report = page.feed === null ? null : reportOf(page.feed, component, now());
      const problem = page.feed !== null && report === null ? `it has no component “${component}”` : page.problem;
      const reading = { at: page.readAt, report, problem };
      page.reports.set(component ?? '', { at: now(), reading });
      return reading;
    },
    async askNow(url) {
      const page = of(url);
      if (page.asking === null && now() - page.askedAt >= leastBetweenMs) ask(url, page);
      await page.asking;
    },
  };
}
