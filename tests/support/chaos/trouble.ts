/** What may go wrong around a gateway, made at random. */
import { setTimeout as wait } from 'node:timers/promises';
import type { BenchGateway } from '#tests/support/bench/gateway.ts';
import { connectControl } from '#tests/support/gateway/control-client.ts';
import type { DialInput } from '#tests/support/simulator/dial.ts';
import type { Simulator } from '#tests/support/simulator/simulator.ts';
import type { Machine } from './machine.ts';

const hourMs = 3_600_000;
/** Not among them: what a vendor refuses for good, since here every event must arrive. */
const failures: readonly Omit<DialInput, 'vendor'>[] = [
  { failure: 'ok' },
  { failure: 'slow', delayMs: 80 },
  { failure: '429', share: 0.5, retryAfterS: 1 },
  { failure: '500', share: 0.7 },
  { failure: 'hang', share: 0.3 },
  { failure: 'reset', share: 0.5 },
  { failure: 'resetBefore', share: 0.5 },
  { failure: 'truncated', share: 0.3 },
  { failure: 'html', share: 0.3 },
];

export interface TroubleOptions {
  readonly machine: Machine;
  readonly simulator: Simulator;
  readonly random: () => number;
  readonly vendors: readonly string[];
}

export interface Trouble {
  readonly counts: { readonly fullDisks: number; readonly clockJumps: number; readonly switches: number; readonly backups: number };
  /** One round of it. What the gateway cannot answer any more is no failure. */
  make(gateway: BenchGateway): Promise<void>;
  /** Puts everything right again. */
  end(gateway: BenchGateway): Promise<void>;
}

export function createTrouble({ machine, simulator, random, vendors }: TroubleOptions): Trouble {
  const counts = { fullDisks: 0, clockJumps: 0, switches: 0, backups: 0 };
  const pick = <T>(from: readonly T[]) => from[Math.floor(random() * from.length)] as T;

  async function fillDisk(): Promise<void> {
    counts.fullDisks++;
    await wait(random() * 100);
    machine.setDiskFull(true);
    await wait(random() * 200);
    machine.setDiskFull(false);
  }

  function jump(): void {
    counts.clockJumps++;
    machine.setClock(pick([-hourMs, 0, hourMs]));
  }

  async function flip(gateway: BenchGateway): Promise<void> {
    counts.switches++;
    const scope = random() < 0.8 ? ({ type: 'destination', destination: pick(vendors) } as const) : ({ type: 'everything' } as const);
    await using control = connectControl(gateway.controlUrl, gateway.token);
    const reason = 'chaos';
    const input = random() < 0.5 ? { mode: 'park' as const } : { mode: 'flow' as const, backlog: { choice: 'drain' as const } };
    // A killed gateway answers nothing, and a full disk refuses: what became of the switch, the ledger must stand.
    await control.call('switch.set', { scope, reason, ...input }).catch(() => {});
  }

  /** Goes on when this returns: the next kill may come in the middle of it. */
  async function backUp(gateway: BenchGateway): Promise<void> {
    counts.backups++;
    await using control = connectControl(gateway.controlUrl, gateway.token);
    await control.call('backup.run', { mode: random() < 0.3 ? 'full' : 'incremental', reason: 'chaos' }).catch(() => {});
  }

  return {
    counts,
    async make(gateway) {
      simulator.dial({ vendor: pick(vendors), ...pick(failures) });
      const acts: Promise<void>[] = [];
      if (random() < 0.3) acts.push(fillDisk());
      if (random() < 0.3) jump();
      if (random() < 0.4) acts.push(flip(gateway));
      if (random() < 0.4) acts.push(backUp(gateway));
      await Promise.all(acts);
    },
    async end(gateway) {
      machine.setDiskFull(false);
      for (const vendor of vendors) simulator.dial({ vendor, failure: 'ok' });
      await using control = connectControl(gateway.controlUrl, gateway.token);
      const scopes = [{ type: 'everything' } as const, ...vendors.map((destination) => ({ type: 'destination' as const, destination }))];
      for (const scope of scopes)
        await control.call('switch.set', { scope, mode: 'flow', backlog: { choice: 'drain' }, reason: 'the end of chaos' });
    },
  };
}
