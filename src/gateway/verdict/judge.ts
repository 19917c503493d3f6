/**
 * Us or them? Pure: one moment's evidence in, a verdict with its reasons out. What holds over time is `steady`.
 *
 * Our own deliveries count most, because they are what matters; then a call of ours; then what the vendor says
 * of itself, which comes late. What kind of failure it is says most about whose it is:
 *   auth, refused events, throttling   the vendor works and says no to us           us
 *   server errors                      the vendor answers, and cannot               them
 *   no answer                          the vendor, or the way to it: others tell    them, network, unclear
 */
import type { EvidenceItem, Verdict } from '#contract/operations/verdict.ts';
import type { Evidence, FeedReport } from './evidence.ts';
import { evidenceItems } from './evidence-items.ts';
import { type Trouble, troubleOf } from './trouble.ts';

export interface Judgement {
  readonly verdict: Verdict;
  /** Why, in one line without figures that change every second. */
  readonly line: string;
  readonly evidence: readonly EvidenceItem[];
}

type Finding = Pick<Judgement, 'verdict' | 'line'>;

/** Of the other origins, this share without an answer means that it is the network. */
const networkShare = 0.6;
/** Fewer others say nothing about the network. */
const fewestNeighbours = 2;

export function judge(evidence: Evidence): Judgement {
  return { ...judgeBriefly(evidence), evidence: evidenceItems(evidence) };
}

/** The same without the evidence in words: once a second for every destination. */
export function judgeBriefly(evidence: Evidence): Finding {
  const { lane } = evidence;
  switch (lane.cause) {
    case 'off':
      return { verdict: 'fine', line: 'Switched off: nothing is sent.' };
    case 'credential':
    case 'gateway':
      return { verdict: 'us', line: `Our side holds it: ${lane.why.replace(/^held: /, '').replace(/[.\s]*$/, '.')}` };
    case 'refused':
      return refusal(evidence);
    default:
      return byTrouble(evidence, troubleOf(evidence.traffic));
  }
}

function byTrouble(evidence: Evidence, trouble: Trouble): Finding {
  switch (trouble) {
    case 'none':
      return evidence.traffic.delivered > 0 && evidence.lane.cause === 'none' ? answering(evidence) : withoutTraffic(evidence);
    case 'auth':
      return refusal(evidence);
    case 'rejected':
      return { verdict: 'us', line: 'It refuses our events: their content, or how the destination is set up.' };
    case 'throttled':
      return told(evidence)
        ? { verdict: 'them', line: `It throttles us while ${pageSays(evidence)}.` }
        : { verdict: 'us', line: 'It throttles us: more is sent than it takes.' };
    case 'server':
      return { verdict: 'them', line: withPage('It answers with server errors', evidence) };
    case 'silent':
      return silence(evidence);
    case 'slow':
      return isNetwork(evidence) ? network(evidence) : { verdict: 'them', line: withPage('It answers far slower than usual', evidence) };
  }
}

/** The vendor says no to our credential. During an outage of its own that may be the outage. */
function refusal(evidence: Evidence): Finding {
  if (outage(evidence))
    return { verdict: 'unclear', line: `It refuses our credential while ${pageSays(evidence)}: check before replacing it.` };
  if (evidence.probe?.kind === 'works')
    return { verdict: 'unclear', line: 'It refused our credential, and accepts it when asked: check it under Credentials.' };
  return { verdict: 'us', line: 'It refuses our credential.' };
}

function answering(evidence: Evidence): Finding {
  return { verdict: 'fine', line: told(evidence) ? `It answers as usual, although ${pageSays(evidence)}.` : 'It answers as usual.' };
}

/** Nothing was sent lately, or somebody stopped it: what the probe and the page say. */
function withoutTraffic(evidence: Evidence): Finding {
  const { probe, lane } = evidence;
  if (probe?.kind === 'failing') return { verdict: 'them', line: withPage('It answers our probe with a server error', evidence) };
  if (probe?.kind === 'refused') return refusal(evidence);
  if (probe?.kind === 'unreachable') return silence(evidence);
  if (outage(evidence)) return { verdict: 'them', line: `Nothing is sent now, and ${pageSays(evidence)}.` };
  if (lane.cause === 'breaker') return { verdict: 'unclear', line: 'The breaker is open, and no attempt since says why.' };
  return { verdict: 'fine', line: 'No sign of trouble.' };
}

/** No answer comes: whether it is the vendor or the way to it, only others can tell. */
function silence(evidence: Evidence): Finding {
  if (isNetwork(evidence)) return network(evidence);
  const { neighbours, control, probe } = evidence;
  if (probe?.kind === 'works' && probe.at >= (evidence.traffic.lastAt ?? 0))
    return { verdict: 'unclear', line: 'Our deliveries get no answer, and our probe does: look at what is sent, or how much.' };
  const othersAnswer = neighbours.origins > 0 && neighbours.silent === 0;
  if (othersAnswer || control?.kind === 'reached' || told(evidence))
    return {
      verdict: 'them',
      line: withPage(othersAnswer ? 'It does not answer, and the other vendors do' : 'It does not answer', evidence),
    };
  return {
    verdict: 'unclear',
    line:
      neighbours.origins === 0
        ? 'It does not answer, and there is nothing to compare with: no other vendor, no control address.'
        : 'It does not answer, and neither do some other vendors.',
  };
}

function isNetwork({ control, neighbours }: Evidence): boolean {
  if (control?.kind === 'unreachable') return true;
  // A control address that answers clears our network, whatever else is down.
  if (control?.kind === 'reached') return false;
  return neighbours.origins >= fewestNeighbours && neighbours.silent >= neighbours.origins * networkShare;
}

function network({ control }: Evidence): Finding {
  return {
    verdict: 'network',
    line:
      control?.kind === 'unreachable'
        ? 'It does not answer, and the control address cannot be reached either: our network.'
        : 'It does not answer, and most other vendors do not either: our network.',
  };
}

/** What the page reports, where that is anything but all being well. */
function told({ feed }: Evidence): FeedReport | null {
  return feed?.report && feed.report.status !== 'operational' ? feed.report : null;
}

/** The same where something is down, not merely slow or being worked on. */
function outage(evidence: Evidence): FeedReport | null {
  const report = told(evidence);
  return report?.status === 'partial' || report?.status === 'major' ? report : null;
}

function pageSays(evidence: Evidence): string {
  return `its status page reports: ${told(evidence)?.title ?? ''}`;
}

function withPage(said: string, evidence: Evidence): string {
  return told(evidence) ? `${said}; ${pageSays(evidence)}.` : `${said}.`;
}
