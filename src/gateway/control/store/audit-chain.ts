/**
 * The audit is a chain: each entry's hash covers the hash before it, the entry itself and,
 * by digest, the revisions written with it. Whoever keeps one hash can later prove that
 * nothing before it was altered. (Cutting off the newest entries shows only against a head
 * hash kept elsewhere, or within one run of the gateway.)
 */
import { documentKindSchema } from '#contract/documents/document.ts';
import type { AuditEntry } from '#contract/operations/system.ts';
import { z } from '#contract/zod.ts';
import { canonicalJson, sha256 } from './canonical.ts';
import type { AuditRow, RevisionRow } from './rows.ts';

/** What the first entry is chained to. */
export const genesisHash = '0'.repeat(64);

const changesSchema = z.array(z.strictObject({ kind: documentKindSchema, id: z.string(), revision: z.number().int(), digest: z.string() }));

/** SHA-256 over the previous hash and the entry's canonical JSON (without its own hash). */
export function entryHash(previousHash: string, entry: Omit<AuditEntry, 'hash'>): string {
  const { seq, at, by, action, target, outcome, reason, commandId, changes } = entry;
  return sha256(previousHash + canonicalJson({ seq, at, by, action, target, outcome, reason, commandId, changes }));
}

/**
 * SHA-256 of a stored revision, as operations show it: without sealed text, which is wiped once
 * superseded. Over what is stored, not what a newer schema makes of it.
 */
export function revisionDigest(row: RevisionRow): string {
  const { kind, id, revision, at, by, reason } = row;
  return sha256(canonicalJson({ kind, id, revision, value: shownValue(row), at, by, reason }));
}

function shownValue(row: RevisionRow): unknown {
  const value: unknown = row.value === null ? null : JSON.parse(row.value);
  return row.kind === 'credential' && typeof value === 'object' && value !== null ? { ...value, sealed: null } : value;
}

export function toAuditRow(entry: AuditEntry): AuditRow {
  const { changes, ...fields } = entry;
  return { ...fields, changes: canonicalJson(changes ?? []) };
}

/** Throws where `changes` is not what was written there. */
export function fromAuditRow(row: AuditRow): AuditEntry {
  const { changes, hash, ...fields } = row;
  const parsed = changesSchema.parse(JSON.parse(changes));
  return { ...fields, ...(parsed.length > 0 ? { changes: parsed } : {}), hash };
}
