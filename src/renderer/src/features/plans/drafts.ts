import { createDraftStore } from '#renderer/frame/editing/draft-store.ts';
import type { PlanDraft } from './draft.ts';

/** Plans that are being edited. A plan holds names and schemas, nothing of a person. */
export const planDrafts = createDraftStore<PlanDraft>();
