/** What was measured in the past, made up point by point. */
import { errorClasses } from '#contract/telemetry/tick.ts';
import { timelineColumns } from '#renderer/streams/timeline.ts';
import { tickOf } from './lanes.ts';
import { createRandom } from './random.ts';
import type { World } from './world.ts';

const stepsMs = [1000, 10_000, 60_000, 600_000, 3_600_000];

/** The finest of the gateway's steps that gives no more points than asked for. */
function stepOf(spanMs: number, maxPoints: number): number {
  return stepsMs.find((step) => step >= spanMs / maxPoints) ?? 3_600_000;
}

/** Of a destination, with a gap as a restart leaves one. */
export function historyOf(
  world: World,
  subject: { readonly type: string; readonly id?: string },
  fromMs: number,
  toMs: number,
  maxPoints: number,
) {
  const stepMs = stepOf(toMs - fromMs, maxPoints);
  const lane = world.lanes.find((each) => each.id === subject.id) ?? world.lanes[0];
  const random = createRandom(lane?.id.length ?? 3);
  const at: number[] = [];
  const series: Record<string, (number | null)[]> = {};
  const names = [...timelineColumns.destination, 'budgetUsed'];
  for (const name of names) series[name] = [];
  const gap = { from: fromMs + (toMs - fromMs) * 0.32, to: fromMs + (toMs - fromMs) * 0.36 };
  for (let time = Math.ceil(fromMs / stepMs) * stepMs; time <= toMs; time += stepMs) {
    at.push(time);
    const isGap = lane === undefined || (time > gap.from && time < gap.to);
    const tick = isGap ? null : tickOf({ ...lane }, time, random);
    const failed = tick === null ? null : Object.values(tick.errors).reduce((sum, count) => sum + count, 0);
    const values: Record<string, number | null> =
      tick === null
        ? {}
        : {
            ...tick.latency,
            delivered: tick.delivered,
            confirmed: tick.confirmed,
            dropped: tick.dropped,
            failed,
            bytesOut: tick.bytesOut,
            inFlight: tick.inFlight,
            waiting: tick.waiting,
            held: tick.held,
            retrying: tick.retrying,
            dead: tick.dead,
            oldestAgeMs: tick.oldestAt === null ? 0 : time - tick.oldestAt,
            budgetUsed: tick.budgetUsed,
          };
    for (const name of errorClasses) values[`error.${name}`] = tick === null ? null : (tick.errors[name] ?? 0);
    for (const name of names) series[name]?.push(values[name] ?? null);
  }
  return { stepMs, at, series };
}

export function gatewayHistory(world: World, fromMs: number, toMs: number, maxPoints: number) {
  const stepMs = stepOf(toMs - fromMs, maxPoints);
  const at: number[] = [];
  const series: Record<string, number[]> = {};
  for (let time = Math.ceil(fromMs / stepMs) * stepMs; time <= toMs; time += stepMs) {
    at.push(time);
    const { resources, sources, destinations } = world.tick(time);
    const { commit, settle, diskFreeBytes, ...plain } = resources;
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    const values: Record<string, number> = {
      ...plain,
      diskFreeBytes: diskFreeBytes ?? 0,
      accepted: sum(sources.map((each) => each.accepted)),
      delivered: sum(destinations.map((each) => each.delivered)),
      failed: sum(destinations.flatMap((each) => Object.values(each.errors))),
      dropped: 0,
    };
    for (const name of ['p50', 'p95', 'p99'] as const) {
      values[`commit.${name}`] = commit[name] ?? 0;
      values[`settle.${name}`] = settle[name] ?? 0;
    }
    for (const [name, value] of Object.entries(values)) {
      series[name] ??= [];
      series[name].push(value);
    }
  }
  return { stepMs, at, series };
}
