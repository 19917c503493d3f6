/** Pure: certificates and their ends in words. */
import { type CertificateFacts, certificateUrgentDays } from '#contract/documents/transport.ts';
import { counted } from '#renderer/ui/quantity.ts';
import type { MarkState } from '#renderer/ui/state.ts';

export const certificateRoles = {
  server: 'The vendor’s',
  client: 'Ours, shown to the vendor',
  ca: 'Authority we trust',
  proxy: 'The proxy’s',
  ingest: 'Ours, shown to senders',
  'ingest-ca': 'Authority of senders',
} as const satisfies Record<CertificateFacts['role'], string>;

/** How bad it is: warned of from 30 days on, loudly from 7. */
export function certificateMark({ verdict, daysLeft }: Pick<CertificateFacts, 'verdict' | 'daysLeft'>): MarkState {
  if (verdict === 'good') return 'healthy';
  return verdict === 'over' || (verdict === 'ends' && daysLeft < certificateUrgentDays) ? 'failing' : 'degraded';
}

/** `in 12 days`, `today`, `ended 3 days ago`. */
export function endText({ verdict, daysLeft }: Pick<CertificateFacts, 'verdict' | 'daysLeft'>): string {
  if (verdict === 'early') return 'is not valid yet';
  if (verdict === 'over') return daysLeft >= -1 ? 'has just ended' : `ended ${counted(-daysLeft - 1, 'day')} ago`;
  return daysLeft === 0 ? 'ends within a day' : `ends in ${counted(daysLeft, 'day')}`;
}
