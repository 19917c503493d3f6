import { statfs } from 'node:fs/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Resources } from '#contract/telemetry/tick.ts';
import type { EventLog, LogStats } from '#gateway/log/event-log.ts';
import { createSketch, type LatencySketch, record } from './latency-sketch.ts';

/** Coarse enough to cost nothing; what Node measures includes it, so it is taken off. */
const LAG_RESOLUTION_MS = 20;
const DISK_EVERY_MS = 10_000;

/** A reading of the process and of the log, with the sketches behind the percentiles. */
export interface ResourceReading extends Omit<Resources, 'commit' | 'settle'> {
  readonly commit: LatencySketch | null;
  readonly settle: LatencySketch | null;
}

export interface ResourceProbe {
  read(atMs: number, windowMs: number): ResourceReading;
  /** The log's figures as last read. Ask here: `log.stats()` hands its samples out only once. */
  logStats(): LogStats | null;
  close(): void;
}

export interface ResourceProbeOptions {
  readonly log: Pick<EventLog, 'stats'>;
  /** Data folder, for free disk space where the log cannot tell; null where there is none. */
  readonly folder: string | null;
  /** Sockets open now: ingest, control and lanes. */
  sockets(): number;
}

export function createResourceProbe({ log, folder, sockets }: ResourceProbeOptions): ResourceProbe {
  const lag = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS });
  lag.enable();
  let cpuBefore = process.cpuUsage();
  let diskFreeBytes: number | null = null;
  let diskAskedAt = Number.NEGATIVE_INFINITY;
  let stats: LogStats | null = null;

  function askDisk(atMs: number): void {
    if (folder === null || atMs - diskAskedAt < DISK_EVERY_MS) return;
    diskAskedAt = atMs;
    statfs(folder).then(
      ({ bavail, bsize }) => {
        diskFreeBytes = bavail * bsize;
      },
      () => {
        diskFreeBytes = null;
      },
    );
  }

  return {
    read(atMs, windowMs) {
      askDisk(atMs);
      stats = log.stats();
      const cpu = process.cpuUsage(cpuBefore);
      cpuBefore = process.cpuUsage();
      const memory = process.memoryUsage();
      const loopLagP99Ms = lag.count === 0 ? 0 : Math.max(0, lag.percentile(99) / 1e6 - LAG_RESOLUTION_MS);
      lag.reset();
      return {
        cpu: round((cpu.user + cpu.system) / 1000 / Math.max(1, windowMs), 10_000),
        loopLagP99Ms: round(loopLagP99Ms, 100),
        rssBytes: memory.rss,
        heapBytes: memory.heapUsed,
        diskFreeBytes: stats.diskFreeBytes ?? diskFreeBytes,
        logBytes: stats.bytes,
        commit: sketchOf(stats.commitMs),
        settle: sketchOf(stats.settleMs),
        sockets: sockets(),
      };
    },
    logStats: () => stats,
    close: () => void lag.disable(),
  };
}

function sketchOf(samplesMs: readonly number[]): LatencySketch | null {
  if (samplesMs.length === 0) return null;
  const sketch = createSketch();
  for (const ms of samplesMs) record(sketch, ms);
  return sketch;
}

function round(value: number, steps: number): number {
  return Math.round(value * steps) / steps;
}
