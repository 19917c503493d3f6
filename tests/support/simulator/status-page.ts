/**
 * The public status page of a simulated vendor, in the formats that real ones have: Statuspage's `summary.json` and its
 * `history.rss` and `history.atom`. Answers `If-None-Match` and `If-Modified-Since`.
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from '#contract/zod.ts';
import { vendorName } from './dial.ts';

export const incidentSchema = z.strictObject({
  vendor: vendorName,
  /** none: all is well. minor to critical: as Statuspage grades them. maintenance: announced work that is going on. */
  impact: z.enum(['none', 'minor', 'major', 'critical', 'maintenance']),
  name: z.string().max(200).default('Elevated API errors'),
  stage: z.enum(['investigating', 'identified', 'monitoring', 'resolved']).default('investigating'),
  component: z.string().max(100).default('Ingestion API'),
});
export type IncidentInput = z.input<typeof incidentSchema>;
type Incident = z.output<typeof incidentSchema>;

export interface StatusPage {
  set(incident: Incident): void;
  /** `path`: summary.json, history.rss or history.atom. False where it has no such thing. */
  serve(path: string, request: IncomingMessage, response: ServerResponse): boolean;
}

const componentStatus = {
  none: 'operational',
  minor: 'degraded_performance',
  major: 'partial_outage',
  critical: 'major_outage',
  maintenance: 'under_maintenance',
} as const;
const descriptions = {
  none: 'All Systems Operational',
  minor: 'Minor Service Outage',
  major: 'Partial System Outage',
  critical: 'Major Service Outage',
  maintenance: 'Service Under Maintenance',
} as const;

interface Situation {
  readonly incident: Incident;
  readonly since: Date;
}

export function createStatusPage(vendor: string): StatusPage {
  let situation: Situation = { incident: incidentSchema.parse({ vendor, impact: 'none' }), since: new Date() };
  return {
    set(incident) {
      situation = { incident, since: new Date() };
    },
    serve(path, request, response) {
      const body = bodyOf(path, vendor, situation);
      if (body === null) return false;
      const etag = `W/"${createHash('sha256').update(body.text).digest('hex').slice(0, 32)}"`;
      const headers = { etag, 'last-modified': situation.since.toUTCString(), 'cache-control': 'max-age=0, private, must-revalidate' };
      const isKnown = request.headers['if-none-match'] === etag;
      response.writeHead(isKnown ? 304 : 200, isKnown ? headers : { ...headers, 'content-type': body.type });
      response.end(isKnown ? '' : body.text);
      return true;
    },
  };
}

function bodyOf(path: string, vendor: string, situation: Situation): { readonly type: string; readonly text: string } | null {
  switch (path) {
    case 'summary.json':
      return { type: 'application/json; charset=utf-8', text: JSON.stringify(summaryOf(vendor, situation)) };
    case 'history.rss':
      return { type: 'application/rss+xml; charset=utf-8', text: rssOf(vendor, situation) };
    case 'history.atom':
      return { type: 'application/atom+xml; charset=utf-8', text: atomOf(vendor, situation) };
    default:
      return null;
  }
}

/** As `GET /api/v2/summary.json` of a page by Statuspage answers. */
function summaryOf(vendor: string, { incident, since }: Situation) {
  const at = since.toISOString();
  const page = { id: 'y2j98763l56x', name: vendor, url: `https://status.${vendor}.example`, time_zone: 'Etc/UTC', updated_at: at };
  const component = (id: string, name: string, status: string) => ({
    id,
    name,
    status,
    created_at: '2019-03-04T09:12:31.000Z',
    updated_at: at,
    position: 1,
    description: null,
    showcase: false,
    start_date: null,
    group_id: null,
    page_id: page.id,
    group: false,
    only_show_if_degraded: false,
  });
  const broken = component('b13yz5g2cw10', incident.component, componentStatus[incident.impact]);
  const isMaintenance = incident.impact === 'maintenance';
  const report = {
    id: 'p31zjtct2jer',
    name: incident.name,
    status: isMaintenance ? 'in_progress' : incident.stage,
    created_at: at,
    updated_at: at,
    monitoring_at: null,
    resolved_at: null,
    impact: incident.impact,
    shortlink: 'http://stspg.example/p31zjtct2jer',
    started_at: at,
    page_id: page.id,
    incident_updates: [{ id: 'jdy3tw5mt5r5', status: incident.stage, body: 'We are looking into it.', created_at: at, display_at: at }],
    components: [broken],
    ...(isMaintenance ? { scheduled_for: at, scheduled_until: at } : {}),
  };
  const isOpen = incident.impact !== 'none' && incident.stage !== 'resolved';
  return {
    page,
    components: [broken, component('9397cnvk62zn', 'Dashboard', 'operational')],
    incidents: isOpen && !isMaintenance ? [report] : [],
    scheduled_maintenances: isOpen && isMaintenance ? [report] : [],
    status: { indicator: isOpen ? incident.impact : 'none', description: isOpen ? descriptions[incident.impact] : descriptions.none },
  };
}

/** The updates of an incident, newest first, as Statuspage writes them into its feeds: HTML. */
function updatesOf({ incident, since }: Situation): string {
  const update = (stage: string, text: string) => `<p><small>${since.toUTCString()}</small><br /><strong>${stage}</strong> - ${text}</p>`;
  const first = update('Investigating', `We see errors of ${incident.component} & are looking into it.`);
  if (incident.impact === 'maintenance') return update('In progress', `Work on ${incident.component} is under way.`);
  if (incident.stage === 'investigating') return first;
  return update(incident.stage.charAt(0).toUpperCase() + incident.stage.slice(1), 'There is news.') + first;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

const oldItem = {
  title: 'Delayed reports',
  at: new Date(Date.UTC(2020, 0, 1)),
  text: '<p><strong>Resolved</strong> - This incident has been resolved.</p><p><strong>Investigating</strong> - Reports are late.</p>',
};

function itemsOf(situation: Situation) {
  const { incident, since } = situation;
  return [...(incident.impact === 'none' ? [] : [{ title: incident.name, at: since, text: updatesOf(situation) }]), oldItem];
}

function rssOf(vendor: string, situation: Situation): string {
  const items = itemsOf(situation).map(
    ({ title, at, text }) =>
      `<item><title>${escaped(title)}</title><description>${escaped(text)}</description><pubDate>${at.toUTCString()}</pubDate><link>https://status.${vendor}.example/incidents/x</link><guid>https://status.${vendor}.example/incidents/x</guid></item>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>${vendor} Status - Incident History</title><link>https://status.${vendor}.example</link><description>Statuspage</description>${items.join('')}</channel></rss>
`;
}

function atomOf(vendor: string, situation: Situation): string {
  const entries = itemsOf(situation).map(
    ({ title, at, text }) =>
      `<entry><id>tag:status.${vendor}.example,2005:Incident/1</id><published>${at.toISOString()}</published><updated>${at.toISOString()}</updated><link rel="alternate" type="text/html" href="https://status.${vendor}.example/incidents/x"/><title>${escaped(title)}</title><content type="html">${escaped(text)}</content></entry>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<feed xml:lang="en-US" xmlns="http://www.w3.org/2005/Atom"><id>tag:status.${vendor}.example,2005:/history</id><link rel="self" type="application/atom+xml" href="https://status.${vendor}.example/history.atom"/><title>${vendor} Status - Incident History</title><updated>${new Date(0).toISOString()}</updated>${entries.join('\n')}</feed>
`;
}
