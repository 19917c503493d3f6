import { createDraftStore } from '#renderer/frame/editing/draft-store.ts';
import type { FlagDraft } from './draft.ts';

/** Flags that are being edited. */
export const flagDrafts = createDraftStore<FlagDraft>();
