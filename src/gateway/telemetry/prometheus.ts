/** The families of /metrics. Base units (seconds, bytes); labels are destination, source and class only, so series stay few. */

import type { Latency } from '#contract/telemetry/latency.ts';
import { errorClasses, laneStates, type Tick } from '#contract/telemetry/tick.ts';
import { type Family, label, type Sample } from './exposition.ts';
import type { MeterReader } from './meter.ts';
import { type DestinationTotals, durationBoundsMs } from './meter-window.ts';

const fates = ['accepted', 'duplicate', 'malformed', 'quarantined', 'throttled', 'refused'] as const;

/** Counters since the process started, and the last tick's readings (none before the first). */
export function metricFamilies(totals: MeterReader['totals'], tick: Tick): readonly Family[] {
  return [...sourceFamilies(totals), ...deliveryFamilies(totals), ...laneFamilies(tick), ...processFamilies(tick)];
}

function sourceFamilies({ sources }: MeterReader['totals']): Family[] {
  const of = [...sources];
  return [
    counter(
      'sluice_ingest_events_total',
      'Events received by source and what became of them.',
      of.flatMap(([source, counts]) =>
        fates.map((fate) => ({ labels: `${label('source', source)},class="${fate}"`, value: counts[fate] })),
      ),
    ),
    counter(
      'sluice_ingest_bytes_total',
      'Bytes of request bodies received, as sent.',
      of.map(([source, { bytes }]) => ({ labels: label('source', source), value: bytes })),
    ),
  ];
}

function deliveryFamilies({ destinations }: MeterReader['totals']): Family[] {
  const of = [...destinations];
  const each = (value: (totals: DestinationTotals) => number): Sample[] =>
    of.map(([destination, totals]) => ({ labels: label('destination', destination), value: value(totals) }));
  return [
    counter(
      'sluice_delivery_events_total',
      'Events delivered: confirmed by the vendor, or merely accepted.',
      of.flatMap(([destination, { confirmed, accepted }]) => [
        { labels: `${label('destination', destination)},class="confirmed"`, value: confirmed },
        { labels: `${label('destination', destination)},class="accepted"`, value: accepted },
      ]),
    ),
    counter(
      'sluice_delivery_errors_total',
      'Failed attempts in events, by error class.',
      of.flatMap(([destination, { errors }]) =>
        errorClasses.map((name) => ({ labels: `${label('destination', destination)},class="${name}"`, value: errors[name] })),
      ),
    ),
    counter(
      'sluice_delivery_dropped_total',
      'Events dropped by a switch.',
      each(({ dropped }) => dropped),
    ),
    counter(
      'sluice_delivery_request_bytes_total',
      'Bytes of request bodies sent to the vendor.',
      each(({ bytesOut }) => bytesOut),
    ),
    {
      name: 'sluice_delivery_request_duration_seconds',
      help: 'Time from the first byte of a request to its answer.',
      type: 'histogram',
      samples: of.flatMap(([destination, totals]) => histogram(destination, totals)),
    },
  ];
}

function histogram(destination: string, { durations, durationSumMs }: DestinationTotals): Sample[] {
  const labels = label('destination', destination);
  let sum = 0;
  const buckets = durations.map((count, index): Sample => {
    const bound = durationBoundsMs[index];
    sum += count;
    return { suffix: '_bucket', labels: `${labels},le="${bound === undefined ? '+Inf' : bound / 1000}"`, value: sum };
  });
  return [...buckets, { suffix: '_sum', labels, value: durationSumMs / 1000 }, { suffix: '_count', labels, value: sum }];
}

function laneFamilies({ destinations, at }: Tick): Family[] {
  const each = (value: (destination: Tick['destinations'][number]) => number): Sample[] =>
    destinations.map((destination) => ({ labels: label('destination', destination.id), value: value(destination) }));
  return [
    gauge(
      'sluice_lane_state',
      'What the lane is doing: 1 for the class that holds.',
      destinations.flatMap(({ id, state }) =>
        laneStates.map((name) => ({ labels: `${label('destination', id)},class="${name}"`, value: name === state ? 1 : 0 })),
      ),
    ),
    gauge(
      'sluice_lane_in_flight',
      'Events on their way to the vendor.',
      each(({ inFlight }) => inFlight),
    ),
    gauge(
      'sluice_lane_waiting',
      'Events above the cursor.',
      each(({ waiting }) => waiting),
    ),
    gauge(
      'sluice_lane_held',
      'Events held by a switch narrower than the lane.',
      each(({ held }) => held),
    ),
    gauge(
      'sluice_lane_retrying',
      'Events waiting for another attempt.',
      each(({ retrying }) => retrying),
    ),
    gauge(
      'sluice_lane_dead',
      'Dead letters.',
      each(({ dead }) => dead),
    ),
    gauge(
      'sluice_lane_oldest_age_seconds',
      'Age of the oldest unsettled event; 0 when there is none.',
      each(({ oldestAt }) => (oldestAt === null ? 0 : Math.max(0, at - oldestAt) / 1000)),
    ),
    gauge(
      'sluice_lane_budget_used_ratio',
      'Share of the backlog budget in use.',
      each(({ budgetUsed }) => budgetUsed),
    ),
    gauge(
      'sluice_lane_breaker_open',
      '1 while the breaker is open or probing.',
      each(({ breaker }) => (breaker === 'closed' ? 0 : 1)),
    ),
    ...pathFamilies(destinations),
  ];
}

/** How fast a lane may go and where to; only of those that something limits, or that have several endpoints. */
function pathFamilies(destinations: Tick['destinations']): Family[] {
  const some = (value: (destination: Tick['destinations'][number]) => number | null | undefined): Sample[] =>
    destinations.flatMap((destination) => {
      const read = value(destination);
      return read == null ? [] : [{ labels: label('destination', destination.id), value: read }];
    });
  const families = [
    gauge(
      'sluice_lane_rate_events_per_second',
      'Events a second that the lane may send now; it adapts to what the vendor bears.',
      some(({ rate }) => rate?.perSecond),
    ),
    gauge(
      'sluice_lane_rate_ceiling_events_per_second',
      'The most events a second that the lane may ever send.',
      some(({ rate }) => rate?.ceilingPerSecond),
    ),
    gauge(
      'sluice_lane_endpoint_in_use',
      '1 for the endpoint that the lane sends to, where it has several.',
      destinations.flatMap(({ id, endpoint }) =>
        endpoint === undefined ? [] : [{ labels: `${label('destination', id)},${label('endpoint', endpoint)}`, value: 1 }],
      ),
    ),
  ];
  return families.filter(({ samples }) => samples.length > 0);
}

function processFamilies({ resources, head }: Tick): Family[] {
  const one = (value: number): Sample[] => [{ labels: '', value }];
  return [
    gauge('sluice_cpu_cores', 'Cores in use over the last second.', one(resources.cpu)),
    gauge(
      'sluice_event_loop_lag_seconds',
      '99th percentile of the event loop delay over the last second.',
      one(resources.loopLagP99Ms / 1000),
    ),
    gauge('sluice_resident_memory_bytes', 'Resident memory.', one(resources.rssBytes)),
    gauge('sluice_heap_bytes', 'JavaScript heap in use.', one(resources.heapBytes)),
    ...(resources.diskFreeBytes === null
      ? []
      : [gauge('sluice_disk_free_bytes', 'Free space where the data folder is.', one(resources.diskFreeBytes))]),
    gauge('sluice_log_bytes', 'Size of the event log on disk.', one(resources.logBytes)),
    gauge('sluice_log_head', 'Sequence number of the last durable event.', one(head)),
    gauge('sluice_open_sockets', 'Sockets open now.', one(resources.sockets)),
    ...latencyGauges('sluice_log_commit', 'Time of a commit of the log over the last second', resources.commit),
    ...latencyGauges('sluice_log_settle', 'Time of a settle over the last second', resources.settle),
  ];
}

/** Percentiles of one second are readings, not a summary: a summary's counts would have to grow for ever. */
function latencyGauges(name: string, help: string, { p50, p99 }: Latency): Family[] {
  if (p50 === null || p99 === null) return [];
  return [
    gauge(`${name}_p50_seconds`, `${help}, median.`, [{ labels: '', value: p50 / 1000 }]),
    gauge(`${name}_p99_seconds`, `${help}, 99th percentile.`, [{ labels: '', value: p99 / 1000 }]),
  ];
}

function counter(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, help, type: 'counter', samples };
}

function gauge(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, help, type: 'gauge', samples };
}
