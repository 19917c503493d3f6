/**
 * What RSS and Atom status feeds say: one item an incident. There is no format for whether an incident is over, so the
 * newest update's first word is read, as Statuspage, AWS, Google Cloud and Slack write it. Pure.
 */
import type { FeedReport, FeedStatus } from '../evidence.ts';
import { decode, type XmlItem } from './xml-items.ts';

/** An incident that nobody has written about for so long is over, whatever its last word was. */
const staleMs = 7 * 86_400_000;
/** An item that says nothing of its state counts as open while it is this young. */
const wordlessMs = 6 * 3_600_000;

const over = /\b(resolved|completed|postmortem|closed|fixed|recovered|restored|operating normally|back to normal|mitigated)\b/i;
const stages =
  /\b(resolved|completed|postmortem|operating normally|investigating|identified|monitoring|verifying|in progress|scheduled|update)\b/i;
const planned = /\b(maintenance|scheduled|in progress|verifying)\b/i;
const mild = /\b(degraded|latency|slow|slower|delays?|delayed|intermittent|monitoring)\b/i;
const grave = /\b(major outage|complete outage|full outage|service is down)\b/i;

/** The newest update's heading, where updates have one: `<strong>Monitoring</strong> - …`. */
const heading = /<(?:strong|b)>(?:<em>)?\s{0,5}([a-z][a-z ]{2,28})/i;

interface Incident {
  readonly title: string;
  readonly text: string;
  /** Lower case; empty where updates have no heading. */
  readonly stage: string;
  /** Epoch ms; null where it has no time that can be read. */
  readonly at: number | null;
}

/** The gravest incident that is open; `operational` where none is. @param wanted looks at those only that name it @param now epoch ms */
export function incidentsReport(items: readonly XmlItem[], wanted: string | undefined, now: number): FeedReport {
  const about = wanted?.toLowerCase() ?? '';
  const open = items
    .map(incidentOf)
    .filter(({ title, text }) => `${title} ${text}`.toLowerCase().includes(about))
    .flatMap((incident) => {
      const status = statusOf(incident, now);
      return status === 'operational' ? [] : [{ status, title: incident.title || 'an incident', since: incident.at }];
    });
  const worst = open.toSorted((a, b) => ranks[b.status] - ranks[a.status])[0];
  return worst ?? { status: 'operational', title: 'no open incident', since: null };
}

const ranks: Readonly<Record<FeedStatus, number>> = { operational: 0, maintenance: 1, degraded: 2, partial: 3, major: 4 };

function incidentOf(item: XmlItem): Incident {
  const time = item.get('updated') ?? item.get('pubdate') ?? item.get('published') ?? item.get('dc:date') ?? '';
  const at = Date.parse(time);
  const html = item.get('description') ?? item.get('content') ?? item.get('summary') ?? item.get('content:encoded') ?? '';
  return {
    title: (item.get('title') ?? '').replace(/\s+/g, ' '),
    text: plain(html),
    stage: heading.exec(html)?.[1]?.trim().toLowerCase() ?? '',
    at: Number.isNaN(at) ? null : at,
  };
}

function statusOf({ title, text, stage: headed, at }: Incident, now: number): FeedStatus {
  const age = at === null ? 0 : now - at;
  // Future: maintenance that is announced for later.
  if (age > staleMs || age < 0 || over.test(title)) return 'operational';
  const stage = (stages.exec(headed) ?? stages.exec(text) ?? stages.exec(title))?.[0].toLowerCase();
  if (stage !== undefined && over.test(stage)) return 'operational';
  if (stage === 'scheduled') return 'operational';
  if (stage === undefined && (over.test(text) || age > wordlessMs || at === null)) return 'operational';
  const newest = `${title} ${text.slice(0, 400)}`;
  if (planned.test(title) || stage === 'in progress' || stage === 'verifying') return 'maintenance';
  if (grave.test(newest)) return 'major';
  return stage === undefined || stage === 'monitoring' || mild.test(newest) ? 'degraded' : 'partial';
}

/** The text of a piece of HTML. */
function plain(html: string): string {
  return decode(html.replace(/<[^<>]{0,500}>/g, ' '))
    .replace(/\s+/g, ' ')
    .trim();
}
