/**
 * Keeps a verdict for every destination: with each tick it takes the traffic in, looks at what else is known, judges, and
 * tells what changed. It asks nobody itself: `Prober` and `Feeds` do, at their own low rate.
 */
import type { Destination } from '#contract/documents/destination.ts';
import type { VendorVerdict } from '#contract/operations/verdict.ts';
import type { Tick } from '#contract/telemetry/tick.ts';
import { inPieces } from '#gateway/telemetry/turns.ts';
import type { ProbeReading } from './evidence.ts';
import type { Feeds } from './feeds.ts';
import { type Neighbours, neighboursOf, standingOf } from './neighbours.ts';
import type { Prober, ProbeTarget } from './prober.ts';
import type { Steady } from './steady.ts';
import { type CredentialStanding, type Known, VendorFile } from './vendor-file.ts';

export interface VerdictsDeps {
  readonly prober: Prober;
  readonly feeds: Feeds;
  /** Epoch ms. */
  now(): number;
  destinations(): ReadonlyMap<string, Destination>;
  /** Scheme, host and port that a destination sends to; null where it has none. */
  originOf(destination: Destination): string | null;
  credential(destination: string): CredentialStanding;
  /** How to ask a vendor; null where it must not be asked, or cannot be. `isQuiet`: only whether it can be reached. */
  probe(id: string, destination: Destination, isQuiet: boolean): ReturnType<ProbeTarget['ask']>;
  /** How to ask the control address; null where none is set. */
  control(): ProbeTarget['ask'] | null;
  /** Verdicts that the last run ended with: trouble keeps its since through a restart. */
  readonly before: ReadonlyMap<string, Steady>;
  /** What one look changed, the first verdicts left out. */
  changed(verdicts: readonly VendorVerdict[]): void;
}

export interface Verdicts {
  /** Judges by one more tick, in pieces. */
  take(tick: Tick): Iterable<void>;
  /** Of one destination, or all; empty where it is not known yet. */
  read(destination?: string): readonly VendorVerdict[];
  /** Asks vendor, control address and status page now, and looks anew; null where the destination is not known yet. */
  askNow(destination: string): Promise<VendorVerdict | null>;
  /** Called with what changed, the first verdicts included. Returns the unsubscriber. */
  watch(listener: (verdicts: readonly VendorVerdict[]) => void): () => void;
}

/** A few µs each. */
const filesAtOnce = 100;
const controlId = 'control';
/** Older readings say nothing of this moment, ms. */
const controlGoodForMs = 20_000;
const probeGoodForMs = 120_000;

export function createVerdicts(deps: VerdictsDeps): Verdicts {
  const { feeds, prober, now } = deps;
  const files = new Map<string, VendorFile>();
  const listeners = new Set<(verdicts: readonly VendorVerdict[]) => void>();
  const readings = createReadings(deps, files);

  function* takeIn({ at, destinations: ticks }: Tick): Generator<void> {
    const destinations = deps.destinations();
    const ids = new Set(ticks.map(({ id }) => id));
    for (const id of files.keys()) if (!ids.has(id)) files.delete(id);
    yield* inPieces(ticks, filesAtOnce, (tick) => {
      const destination = destinations.get(tick.id);
      if (destination === undefined) return;
      let file = files.get(tick.id);
      // Documents are frozen: the same object has the same address.
      const origin = file?.destination === destination ? file.origin : deps.originOf(destination);
      if (file === undefined || file.origin !== origin) {
        // What was heard from another address says nothing of this one.
        prober.forget(targetId(tick.id));
        file = new VendorFile(tick, destination, origin, file ?? deps.before.get(tick.id) ?? null);
        files.set(tick.id, file);
      }
      file.take(tick, destination, at);
    });
  }

  function* lookAll(at: number): Generator<void> {
    const known = readings.at(at);
    const [told, changed]: [VendorVerdict[], VendorVerdict[]] = [[], []];
    yield* inPieces([...files.values()], filesAtOnce, (file) => {
      const what = file.look(known(file), at);
      if (what === 'same') return;
      const verdict = file.show(known(file), at);
      told.push(verdict);
      if (what === 'changed') changed.push(verdict);
    });
    if (told.length > 0) for (const listener of listeners) listener(told);
    if (changed.length > 0) deps.changed(changed);
  }

  function read(destination?: string): readonly VendorVerdict[] {
    const at = now();
    const known = readings.at(at);
    const of = destination === undefined ? [...files.values()] : [files.get(destination)];
    return of.flatMap((file) => (file === undefined ? [] : [file.show(known(file), at)]));
  }

  return {
    read,
    *take(tick) {
      yield* takeIn(tick);
      yield* lookAll(tick.at);
      yield;
      prober.look(readings.targets(), now());
      feeds.look(new Set([...files.values()].flatMap(({ destination }) => destination.statusFeed?.url ?? [])), now());
    },
    async askNow(id) {
      const url = files.get(id)?.destination.statusFeed?.url;
      const asked = readings.targets().filter((target) => target.id === targetId(id) || target.id === controlId);
      await Promise.all([...asked.map(prober.askNow), url === undefined ? null : feeds.askNow(url)]);
      Array.from(lookAll(now()));
      return read(id)[0] ?? null;
    },
    watch(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** What is known beside the traffic, and whom to ask for more. */
function createReadings(deps: VerdictsDeps, files: ReadonlyMap<string, VendorFile>) {
  const { prober, feeds } = deps;

  function fresh(id: string, goodForMs: number, at: number): ProbeReading | null {
    const reading = prober.last(id);
    return reading === null || at - reading.at > goodForMs ? null : reading;
  }
  const probeOf = (id: string, at: number) => fresh(targetId(id), probeGoodForMs, at);

  function neighbours(at: number): Neighbours {
    return neighboursOf(
      [...files.values()].map(({ id, origin, traffic }) => ({ origin, standing: standingOf(traffic.read(at), probeOf(id, at), at) })),
    );
  }

  return {
    at(at: number): (file: VendorFile) => Known {
      const others = neighbours(at);
      const control = deps.control() === null ? null : fresh(controlId, controlGoodForMs, at);
      return ({ id, origin, destination: { statusFeed } }) => ({
        probe: probeOf(id, at),
        feed: statusFeed === undefined ? null : feeds.last(statusFeed.url, statusFeed.component),
        neighbours: others(origin),
        control,
        credential: deps.credential(id),
      });
    },
    targets(): readonly ProbeTarget[] {
      const vendors = [...files.values()].map(({ id, destination, tick, isTroubled }) => ({
        id: targetId(id),
        isTroubled,
        ask: () => deps.probe(id, destination, tick.state === 'parked' || tick.state === 'dropping' || tick.state === 'diverting'),
      }));
      const ask = deps.control();
      return ask === null ? vendors : [{ id: controlId, isTroubled: vendors.some((each) => each.isTroubled), ask }, ...vendors];
    },
  };
}

/** Apart from the control address, whatever a destination is called. */
function targetId(destination: string): string {
  return `destination:${destination}`;
}
