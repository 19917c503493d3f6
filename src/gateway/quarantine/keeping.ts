/** How much the quarantine holds, and since when. */
import type { HeldTable } from './held-table.ts';

export interface QuarantineKept {
  readonly events: number;
  readonly bytes: number;
  /** When the oldest was received, epoch ms; null where none is held. */
  readonly oldestAt: number | null;
  /** Received before the time asked for, and not on their way into the log. */
  readonly older: number;
}

export interface KeepingOps {
  kept(input: { readonly beforeMs: number }): QuarantineKept;
}

export function createKeepingOps(table: () => HeldTable): KeepingOps {
  return {
    kept({ beforeMs }) {
      const [oldest] = table().rows<{ at: number | null }>('SELECT min(receivedAt) AS at FROM held');
      const [older] = table().rows<{ events: number }>(
        'SELECT count(*) AS events FROM held WHERE receivedAt < ? AND claimed = 0',
        beforeMs,
      );
      return { ...table().size(), oldestAt: oldest?.at ?? null, older: older?.events ?? 0 };
    },
  };
}
