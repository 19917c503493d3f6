import type { Flag } from '#contract/documents/flag.ts';
import type { Rollout } from '#contract/documents/rollout.ts';
import { appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { DocumentStore } from '#gateway/control/document-store.ts';
import { isKind } from '#gateway/control/store/heads.ts';

/** The flag as it was before the start. DOCUMENT_NOT_FOUND. */
export function flagBefore(store: DocumentStore, { flag, before }: Pick<Rollout, 'flag' | 'before'>): Result<Flag> {
  const found = store.history('flag', flag, Number.MAX_SAFE_INTEGER).find(({ revision }) => revision === before);
  return found !== undefined && isKind(found, 'flag') && found.value !== null
    ? ok(found.value)
    : err(appError('DOCUMENT_NOT_FOUND', { kind: 'flag', id: flag, revision: before }));
}
