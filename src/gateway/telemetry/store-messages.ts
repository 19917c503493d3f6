import type { HistoryQuery } from './history.ts';
import type { StoredTotals } from './window-rows.ts';
import type { SubjectKey } from './window-store.ts';

/** To the store's worker. */
export type StoreMessage =
  | { readonly type: 'announce'; readonly number: number; readonly key: SubjectKey }
  | { readonly type: 'frame'; readonly frame: Float64Array }
  | { readonly type: 'putTotals'; readonly totals: StoredTotals }
  | { readonly type: 'totals'; readonly id: number }
  | { readonly type: 'keepRollups'; readonly rollupMs: number }
  | { readonly type: 'kept'; readonly id: number }
  | { readonly type: 'purge'; readonly id: number; readonly beforeMs: number; readonly isDryRun: boolean }
  | { readonly type: 'history'; readonly id: number; readonly query: HistoryQuery }
  | { readonly type: 'close' };

/** From it. */
export type StoreAnswer =
  /** `setAside`: where a damaged file went. */
  | { readonly type: 'opened'; readonly setAside: string | null }
  | { readonly type: 'refused'; readonly error: unknown }
  | { readonly type: 'value'; readonly id: number; readonly value: unknown }
  | { readonly type: 'error'; readonly id: number; readonly reason: string }
  | { readonly type: 'failed'; readonly reason: string };
