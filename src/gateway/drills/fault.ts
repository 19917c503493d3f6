/** What a drill breaks and how it is put right. Every fault is a loan that ends by itself unless it is renewed. */
import type { Destination } from '#contract/documents/destination.ts';
import type { DrillKind } from '#contract/documents/drill.ts';
import { ok, type Result } from '#contract/result.ts';
import type { PretendDisk } from './pretend-disk.ts';
import type { SimulatorClient, VendorFault } from './simulator-client.ts';

export interface Fault {
  /** Breaks it, or goes on doing so. DRILL_SIMULATOR_FAILED. */
  hold(): Promise<Result<void>>;
  /** Puts it right; repeatable. What could not be put right, in words: it comes back when the loan ends. */
  lift(): Promise<string>;
}

/** A destination at the simulator. */
export interface Target {
  readonly id: string;
  /** The simulated vendor that it sends to. */
  readonly vendor: string;
  readonly timeoutMs: number;
}

export interface FaultDeps {
  readonly simulator: SimulatorClient;
  readonly disk: PretendDisk;
  /** Takes a refused credential back that was good before. */
  forgiveCredential(destination: string): void;
  /** Ends this process at once, as a crash would. */
  kill(): void;
}

/** A loan outlives a renewal or two that fail. */
export const loanMs = 12_000;
export const renewEveryMs = 4_000;

export function createFault(kind: DrillKind, base: string, targets: readonly Target[], deps: FaultDeps): Fault {
  switch (kind) {
    case 'full-disk':
      return {
        async hold() {
          deps.disk.fill(loanMs);
          return ok(undefined);
        },
        async lift() {
          deps.disk.empty();
          return '';
        },
      };
    case 'killed-gateway':
      return {
        async hold() {
          deps.kill();
          return ok(undefined);
        },
        lift: async () => '',
      };
    default:
      return vendorFault(kind, base, targets, deps);
  }
}

function vendorFault(
  kind: Exclude<DrillKind, 'full-disk' | 'killed-gateway'>,
  base: string,
  targets: readonly Target[],
  deps: FaultDeps,
): Fault {
  const { simulator } = deps;
  return {
    async hold() {
      for (const target of targets) {
        const lent = await simulator.lend(base, target.vendor, faultOf(kind, target), loanMs);
        if (!lent.ok) return lent;
      }
      return ok(undefined);
    },
    async lift() {
      const answers = await Promise.all(targets.map(({ vendor }) => simulator.giveBack(base, vendor)));
      if (kind === 'revoked-credential') for (const { id } of targets) deps.forgiveCredential(id);
      return answers.every((answer) => answer.ok) ? '' : 'the simulator did not answer; its loan ends by itself';
    },
  };
}

const slowShareOfTimeout = 0.5;

function faultOf(kind: Exclude<DrillKind, 'full-disk' | 'killed-gateway'>, { timeoutMs }: Target): VendorFault {
  switch (kind) {
    case 'degraded-network':
      return { failure: 'resetBefore', share: 0.67 };
    case 'revoked-credential':
      return { failure: '401', share: 1 };
    case 'partial-outage':
      return { failure: '500', share: 0.5 };
    case 'slow-vendor':
      return { failure: 'slow', share: 1, delayMs: Math.min(5_000, Math.max(800, Math.round(timeoutMs * slowShareOfTimeout))) };
  }
}

/** The simulated vendor that a destination sends to; null where it is not at the simulator. */
export function targetOf(id: string, { endpoint, delivery }: Destination, origins: readonly string[]): Target | null {
  if (endpoint === undefined) return null;
  const { origin, pathname } = new URL(endpoint);
  const vendor = pathname.split('/')[1] ?? '';
  return origins.includes(origin) && vendor !== '' ? { id, vendor, timeoutMs: delivery.timeoutMs } : null;
}
