/** The evidence piece by piece, as a person reads it beside the verdict. Pure. */
import type { EvidenceItem, Verdict } from '#contract/operations/verdict.ts';
import { type ErrorClass, errorClasses } from '#contract/telemetry/tick.ts';
import type { Evidence, FeedReading, FeedStatus, LaneCause, ProbeReading, Traffic } from './evidence.ts';
import { type Trouble, troubleOf } from './trouble.ts';

export function evidenceItems(evidence: Evidence): readonly EvidenceItem[] {
  const { traffic, lane, probe, feed, neighbours, control } = evidence;
  return [
    trafficItem(traffic),
    ...(lane.cause === 'none' ? [] : [laneItem(lane.cause, lane.why)]),
    ...(probe === null ? [] : [probeItem(probe)]),
    ...(feed === null ? [] : [feedItem(feed)]),
    ...(neighbours.origins === 0 ? [] : [neighboursItem(neighbours)]),
    ...(control === null ? [] : [controlItem(control)]),
  ];
}

const troubleSays: Readonly<Record<Trouble, Verdict>> = {
  none: 'fine',
  auth: 'us',
  rejected: 'us',
  throttled: 'us',
  server: 'them',
  slow: 'them',
  silent: 'unclear',
};

const classWords: Readonly<Record<ErrorClass, string>> = {
  throttled: 'throttled',
  server: 'server errors',
  timeout: 'timed out',
  network: 'not connected',
  auth: 'refused our credential',
  rejected: 'refused',
  uncertain: 'without an answer',
};

function trafficItem(traffic: Traffic): EvidenceItem {
  const { delivered, errors, isSlow, lastAt } = traffic;
  if (lastAt === null) return { from: 'traffic', says: null, text: 'Nothing was sent lately.', at: null };
  const failures = errorClasses.flatMap((name) => ((errors[name] ?? 0) > 0 ? [`${errors[name]} ${classWords[name]}`] : []));
  const text = `${[`${delivered} delivered`, ...failures].join(', ')}${isSlow ? '; slow' : ''}.`;
  return { from: 'traffic', says: troubleSays[troubleOf(traffic)], text, at: lastAt };
}

const causeSays: Readonly<Record<LaneCause, Verdict | null>> = {
  none: null,
  off: null,
  person: null,
  breaker: null,
  refused: 'us',
  credential: 'us',
  gateway: 'us',
};

function laneItem(cause: LaneCause, why: string): EvidenceItem {
  return { from: 'lane', says: causeSays[cause], text: sentence('The lane stands still', why), at: null };
}

const probeSays: Readonly<Record<ProbeReading['kind'], Verdict | null>> = {
  works: 'fine',
  reached: null,
  refused: 'us',
  failing: 'them',
  unreachable: 'unclear',
};

function probeItem({ kind, via, at, detail }: ProbeReading): EvidenceItem {
  const asked = via === 'check' ? 'The check call' : 'A connection';
  const words = { works: 'works', reached: 'gets through', refused: 'is refused', failing: 'fails', unreachable: 'gets no answer' };
  return { from: 'probe', says: probeSays[kind], text: sentence(`${asked} ${words[kind]}`, detail), at };
}

const feedSays: Readonly<Record<FeedStatus, Verdict>> = {
  operational: 'fine',
  maintenance: 'them',
  degraded: 'them',
  partial: 'them',
  major: 'them',
};

function feedItem({ report, problem, at }: FeedReading): EvidenceItem {
  if (report === null) return { from: 'feed', says: null, text: sentence('The status page cannot be read', problem), at };
  return { from: 'feed', says: feedSays[report.status], text: `The status page says: ${report.title} (${report.status}).`, at };
}

function neighboursItem({ origins, silent }: Evidence['neighbours']): EvidenceItem {
  if (silent === 0) return { from: 'neighbours', says: null, text: `${origins} other ${vendors(origins)} answer.`, at: null };
  const says = silent >= origins / 2 ? 'network' : null;
  return { from: 'neighbours', says, text: `${silent} of ${origins} other ${vendors(origins)} do not answer either.`, at: null };
}

function vendors(count: number): string {
  return count === 1 ? 'vendor' : 'vendors';
}

function controlItem({ kind, at, detail }: ProbeReading): EvidenceItem {
  return kind === 'unreachable'
    ? { from: 'control', says: 'network', text: sentence('The control address cannot be reached', detail), at }
    : { from: 'control', says: null, text: 'The control address answers: our network works.', at };
}

/** `said: detail.` with one full stop, whatever the detail ends with. */
function sentence(said: string, detail: string): string {
  return `${detail === '' ? said : `${said}: ${detail}`}`.replace(/[.\s]*$/, '.');
}
