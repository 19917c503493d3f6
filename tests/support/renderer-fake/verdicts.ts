/** Made-up verdicts: what fails is theirs, what waits for a credential is ours. */
import type { VendorVerdict } from '#contract/operations/verdict.ts';
import type { FakeLane } from './lanes.ts';

export function verdictOf(lane: FakeLane): VendorVerdict {
  const since = Date.now() - 12 * 60_000;
  if (lane.state === 'held')
    return {
      destination: lane.id,
      verdict: 'us',
      since,
      line: 'It refuses our credential.',
      evidence: [{ from: 'lane', says: 'us', text: 'The lane stands still: held: the vendor refused it.', at: null }],
    };
  if (lane.id === 'hubspot')
    return {
      destination: lane.id,
      verdict: 'them',
      since,
      line: 'It answers with server errors; its status page reports: Elevated API errors.',
      evidence: [
        { from: 'traffic', says: 'them', text: '312 delivered, 96 server errors.', at: Date.now() },
        { from: 'probe', says: 'them', text: 'The check call fails: HTTP 502.', at: Date.now() - 9_000 },
        { from: 'feed', says: 'them', text: 'The status page says: Elevated API errors (partial).', at: Date.now() - 31_000 },
        { from: 'neighbours', says: null, text: '11 other vendors answer.', at: null },
      ],
    };
  return { destination: lane.id, verdict: 'fine', since: since - 86_400_000, line: 'It answers as usual.', evidence: [] };
}
