import type { Document, DocumentValue } from '#contract/documents/document.ts';
import { appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import { livingSources } from '../commands/living.ts';
import { sourceIssues } from '../commands/validate.ts';
import type { Config } from '../config.ts';
import type { Change, DocumentStore } from '../document-store.ts';
import { pointBefore } from '../restore/points.ts';
import { canonicalJson } from '../store/canonical.ts';
import { type Declared, declaredDocuments, lastByFile, withoutClaim } from './declared.ts';

export interface Applied {
  /** `kind/id` of the documents written. */
  readonly written: readonly string[];
  /** Documents that somebody changed or removed since: theirs stays. */
  readonly kept: readonly { readonly kind: string; readonly id: string; readonly by: string; readonly at: number }[];
}

/**
 * Writes what the file declares, in one commit by `config`: documents that are absent or that
 * the file itself wrote last. One that a command changed or removed since is left alone (see
 * `drift`). A document that is no longer in the file stays: taking a destination away by
 * leaving it out would drop its backlog without anybody having been asked.
 * CONFIG_INVALID where a write key is already another source's; CONTROL_STORE_FAILED.
 */
export function applyConfig(config: Config, store: DocumentStore): Result<Applied> {
  const changes: Change[] = [];
  const kept: Applied['kept'][number][] = [];
  for (const declared of declaredDocuments(config)) {
    const { kind, id, value } = declared;
    const head = store.get(kind, id);
    if (head === null) changes.push({ kind, id, value });
    else if (!isTheFiles(store, head)) kept.push({ kind, id, by: head.by, at: head.at });
    else if (canonicalJson(head.value) !== canonicalJson(withClaim(declared, head)))
      changes.push({ kind, id, value: withClaim(declared, head) });
  }
  const clash = keyClash(changes, store);
  if (clash !== null) return clash;
  if (changes.length === 0) return ok({ written: [], kept });
  const written = store.commit([...changes, ...pointBefore(store, changes, 'the configuration file')], {
    by: 'config',
    action: 'config.apply',
    target: 'config',
    reason: 'the configuration file',
    commandId: null,
  });
  return written.ok ? ok({ written: changes.map(({ kind, id }) => `${kind}/${id}`), kept }) : written;
}

/** Last written by the file, or since then only claimed by somebody. */
function isTheFiles(store: DocumentStore, head: Document): boolean {
  if (head.by === 'config') return true;
  const last = head.kind === 'destination' && head.value !== null ? lastByFile(store, head.kind, head.id) : null;
  return last !== null && last.value !== null && canonicalJson(withoutClaim(last)) === canonicalJson(withoutClaim(head));
}

/** The file's value, with the owner who claimed the destination since. */
function withClaim({ value }: Declared, head: Document): DocumentValue {
  const claimed = head.value !== null && 'connector' in head.value && 'owner' in head.value ? head.value.owner : undefined;
  const isFilesOwner = head.by === 'config' && 'owner' in value;
  return claimed === undefined || isFilesOwner || !('delivery' in value) ? value : { ...value, owner: claimed };
}

/** The parser saw the file only: a source that a command made may hold the same key. */
function keyClash(changes: readonly Change[], store: DocumentStore): Result<never> | null {
  const written = changes.flatMap(({ kind, id, value }) =>
    kind === 'source' && value !== null && 'writeKey' in value ? [{ id, value }] : [],
  );
  const rewritten = new Set(written.map((source) => source.id));
  const others = [...livingSources(store).filter((source) => !rewritten.has(source.id)), ...written];
  const mistakes = written.flatMap((source) =>
    sourceIssues(source, others).map((issue) => ({ line: 0, path: `source ${source.id}: ${issue.path}`, message: issue.message })),
  );
  return mistakes.length > 0 ? err(appError('CONFIG_INVALID', { mistakes })) : null;
}
