/** The commands of the `kill` bench: an open loop that parks destinations at random and opens them again. */
import { setTimeout as wait } from 'node:timers/promises';
import type { SwitchProof } from '#contract/operations/switches.ts';
import { openLoop } from '#tests/support/bench/open-loop.ts';
import type { ControlClient } from '#tests/support/gateway/control-client.ts';

/** One destination's time under a park. Times in epoch ms. */
export interface Park {
  readonly destination: string;
  readonly inForceAt: number;
  /** Requests under way then, as the proof says. */
  readonly inFlight: number;
  /** First bytes after `inForceAt`, as the proof said half a second later. */
  escapedByProof: number;
  /** When the command to open it was sent. */
  openedAt: number;
}

export interface Commands {
  /** Scheduled send of each command to its `inForceAt`, ms. */
  readonly inForceMs: number[];
  /** Scheduled send of each command to the proof at the client, ms. */
  readonly proofMs: number[];
  readonly parks: Park[];
}

export const noCommands = (): Commands => ({ inForceMs: [], proofMs: [], parks: [] });

export const epochNow = () => performance.timeOrigin + performance.now();

const proofLookedAtMs = 500;

export interface FlipOptions {
  readonly control: ControlClient;
  readonly destinations: readonly string[];
  readonly perSecond: number;
  readonly seconds: number;
  /** How many are parked at any time. */
  readonly parked: number;
  /** The gateway's clock less ours, ms. */
  readonly clockOffsetMs: number;
}

/** Parks until so many are parked; from then on each second command opens the one parked the longest. All are open at the end. */
export async function flipSwitches(options: FlipOptions, commands: Commands): Promise<void> {
  const { control, perSecond, seconds } = options;
  const free = [...options.destinations];
  const underPark: Promise<Park>[] = [];
  const startedAt = epochNow();

  function measured(proof: SwitchProof | null, dueAt: number): SwitchProof['nodes'][number] {
    const node = proof?.nodes[0];
    if (!node) throw new Error('a switch without proof');
    commands.inForceMs.push(node.inForceAt - options.clockOffsetMs - dueAt);
    commands.proofMs.push(epochNow() - dueAt);
    return node;
  }
  async function park(destination: string, dueAt: number): Promise<Park> {
    const { proof } = await control.call('switch.set', { scope: { type: 'destination', destination }, mode: 'park' });
    const { inForceAt, inFlight } = measured(proof, dueAt);
    const made: Park = { destination, inForceAt, inFlight, escapedByProof: 0, openedAt: Number.POSITIVE_INFINITY };
    commands.parks.push(made);
    void wait(proofLookedAtMs).then(async () => {
      const later = await control.call('switch.proof', { id: `destination:${destination}` });
      made.escapedByProof = later.nodes[0]?.escaped ?? 0;
    });
    return made;
  }
  async function open(parked: Promise<Park>, dueAt: number): Promise<void> {
    const made = await parked;
    made.openedAt = epochNow();
    const { proof } = await control.call('switch.set', openSwitch(made.destination));
    measured(proof, dueAt);
    free.push(made.destination);
  }

  const { failed } = await openLoop({
    perSecond,
    seconds,
    send: async (index) => {
      const dueAt = startedAt + (index / perSecond) * 1000;
      if (underPark.length >= options.parked && index % 2 === 1) return open(underPark.shift() as Promise<Park>, dueAt);
      const [destination] = free.splice(Math.floor(Math.random() * free.length), 1);
      const made = park(destination as string, dueAt);
      underPark.push(made);
      await made;
    },
  });
  if (failed > 0) throw new Error(`${failed} commands failed`);
  await wait(proofLookedAtMs * 2);
  for (const parked of underPark) {
    const made = await parked;
    made.openedAt = epochNow();
    await control.call('switch.set', openSwitch(made.destination));
  }
}

const openSwitch = (destination: string) => ({
  scope: { type: 'destination' as const, destination },
  mode: 'flow' as const,
  backlog: { choice: 'drain' as const },
  reason: 'bench',
});

/** The gateway's clock less ours, ms: both read the machine's, so it is near zero. By the quickest of some openings. */
export async function clockOffset(control: ControlClient, destination: string): Promise<number> {
  let best = { roundTripMs: Number.POSITIVE_INFINITY, offsetMs: 0 };
  for (let i = 0; i < 30; i++) {
    const sentAt = epochNow();
    const result = await control.call('switch.set', openSwitch(destination));
    const answeredAt = epochNow();
    const receivedAt = result.proof?.receivedAt ?? Number.NaN;
    if (answeredAt - sentAt < best.roundTripMs)
      best = { roundTripMs: answeredAt - sentAt, offsetMs: receivedAt - (sentAt + answeredAt) / 2 };
  }
  return best.offsetMs;
}
