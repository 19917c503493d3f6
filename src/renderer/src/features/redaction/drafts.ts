import { createDraftStore } from '#renderer/frame/editing/draft-store.ts';
import type { RedactionDraft } from './draft.ts';

/** Rules that are being edited. They hold paths and patterns, nothing of a person. */
export const redactionDrafts = createDraftStore<RedactionDraft>();
