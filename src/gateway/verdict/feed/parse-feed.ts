/** A status page in one of its formats. */
import { mask } from '#gateway/connectors/detail.ts';
import type { FeedReport } from '../evidence.ts';
import { incidentsReport } from './incidents.ts';
import { type Summary, summaryReport, summarySchema } from './statuspage.ts';
import { readXmlItems, type XmlItem } from './xml-items.ts';

export type Feed =
  | { readonly format: 'statuspage'; readonly summary: Summary }
  | { readonly format: 'items'; readonly items: readonly XmlItem[] };

/** Null where the text is neither Statuspage's summary nor a feed. */
export function parseFeed(text: string): Feed | null {
  const start = text
    .slice(0, 200)
    .replace(/^\ufeff/, '')
    .trimStart();
  if (start.startsWith('{')) {
    const summary = summarySchema.safeParse(parseJson(text));
    return summary.success ? { format: 'statuspage', summary: summary.data } : null;
  }
  const items = start.startsWith('<') ? readXmlItems(text) : null;
  return items === null ? null : { format: 'items', items };
}

/** Null where the page does not have the component. */
export function reportOf(feed: Feed, component: string | undefined, now: number): FeedReport | null {
  const report = feed.format === 'statuspage' ? summaryReport(feed.summary, component) : incidentsReport(feed.items, component, now);
  return report === null ? null : { ...report, title: mask(report.title) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    return null;
  }
}
