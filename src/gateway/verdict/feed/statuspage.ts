/** Atlassian Statuspage's `api/v2/summary.json` (metastatuspage.com/api): page, components, incidents that are not over. */
import { z } from '#contract/zod.ts';
import type { FeedReport, FeedStatus } from '../evidence.ts';

/** What vendors add of their own is left out; what is missing counts as nothing reported. */
const component = z.object({
  id: z.string().catch(''),
  name: z.string(),
  status: z.string(),
  updated_at: z.string().nullish().catch(null),
});
const incident = z.object({
  name: z.string(),
  status: z.string().catch(''),
  created_at: z.string().nullish().catch(null),
  started_at: z.string().nullish().catch(null),
  components: z.array(z.object({ name: z.string() })).catch([]),
});
export const summarySchema = z.object({
  page: z.object({ name: z.string().catch('') }),
  status: z.object({ indicator: z.string(), description: z.string().catch('') }),
  components: z.array(component).max(5000).catch([]),
  incidents: z.array(incident).max(500).catch([]),
  scheduled_maintenances: z.array(incident).max(500).catch([]),
});
export type Summary = z.output<typeof summarySchema>;

const ofIndicator: Readonly<Record<string, FeedStatus>> = {
  none: 'operational',
  minor: 'degraded',
  major: 'partial',
  critical: 'major',
  maintenance: 'maintenance',
};
const ofComponent: Readonly<Record<string, FeedStatus>> = {
  operational: 'operational',
  degraded_performance: 'degraded',
  partial_outage: 'partial',
  major_outage: 'major',
  under_maintenance: 'maintenance',
};

/** What it says of a component (by name or id), or of the page as a whole; null where it has no such component. */
export function summaryReport(summary: Summary, wanted: string | undefined): FeedReport | null {
  if (wanted === undefined) return pageReport(summary);
  const name = wanted.toLowerCase();
  const found = summary.components.find((each) => each.name.toLowerCase() === name || each.id === wanted);
  if (found === undefined) return null;
  const status = ofComponent[found.status] ?? 'degraded';
  const open = [...summary.incidents, ...runningMaintenances(summary)].find(({ components }) =>
    components.some((each) => each.name.toLowerCase() === found.name.toLowerCase()),
  );
  const isWell = status === 'operational';
  return {
    status,
    title: isWell || open === undefined ? `${found.name}: ${found.status.replaceAll('_', ' ')}` : open.name,
    since: isWell ? null : timeOf(open?.started_at ?? open?.created_at ?? found.updated_at),
  };
}

function pageReport(summary: Summary): FeedReport {
  const status = ofIndicator[summary.status.indicator] ?? 'degraded';
  if (status === 'operational') return { status, title: summary.status.description || 'all systems operational', since: null };
  const open = status === 'maintenance' ? runningMaintenances(summary)[0] : summary.incidents[0];
  return { status, title: open?.name ?? summary.status.description, since: timeOf(open?.started_at ?? open?.created_at) };
}

function runningMaintenances({ scheduled_maintenances }: Summary): Summary['incidents'] {
  return scheduled_maintenances.filter(({ status }) => status === 'in_progress' || status === 'verifying');
}

function timeOf(text: string | null | undefined): number | null {
  const at = Date.parse(text ?? '');
  return Number.isNaN(at) ? null : at;
}
