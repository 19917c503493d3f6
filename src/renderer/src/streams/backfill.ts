import { errorClasses } from '#contract/telemetry/tick.ts';
import { call, linkStore } from '#renderer/client/session.ts';
import { boardColumns } from './live.ts';
import { bufferOf, gatewayNow, prependSamples } from './telemetry.ts';

/** Questions on their way at once: a board of hundreds asks only for the rows that were seen, a few at a time. */
const mostAtOnce = 3;
const spanMs = 120_000;
/** Destination to the connection on which its samples were asked for; another connection may have missed some. */
const askedIn = new Map<string, number>();
const queue: string[] = [];
let underWay = 0;

/** Asks once a connection for the last two minutes of a destination, so that its spark is whole at once. */
export function backfill(destination: string): void {
  const { phase, generation } = linkStore.getState();
  if (phase !== 'live' || askedIn.get(destination) === generation) return;
  askedIn.set(destination, generation);
  queue.push(destination);
  pump();
}

function pump(): void {
  while (underWay < mostAtOnce) {
    const next = queue.shift();
    if (next === undefined) return;
    underWay++;
    void ask(next).finally(() => {
      underWay--;
      pump();
    });
  }
}

async function ask(destination: string): Promise<void> {
  const toMs = gatewayNow();
  const answer = await call('telemetry.history', {
    subject: { type: 'destination', id: destination },
    fromMs: toMs - spanMs,
    toMs,
    maxPoints: spanMs / 1000,
  });
  if (!answer.ok || answer.value.stepMs > 2000) return;
  const { at, series } = answer.value;
  const columns = [series.delivered, series.failed, series.p95, undefined, ...errorClasses.map((name) => series[`error.${name}`])];
  if (columns.length !== boardColumns.length) throw new Error('a board column has no history');
  prependSamples(bufferOf(destination), at, columns);
}
