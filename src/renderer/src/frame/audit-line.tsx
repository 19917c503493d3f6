import type { AuditEntry } from '#contract/operations/system.ts';
import classes from './audit-line.module.css';
import { auditWords } from './audit-words.ts';
import { useAuditContext } from './use-audit-context.ts';

/** What an entry says was done, to what; what was denied says so first. */
export function AuditLine({ entry }: { readonly entry: AuditEntry }) {
  const { verb, object, refusal, note } = auditWords(entry, useAuditContext());
  return (
    <span title={`${entry.action} ${entry.target}: ${entry.outcome}`}>
      {refusal === null ? null : <span className={classes.denied}>was denied: </span>}
      {verb} {object}
      {note === '' ? null : <span className={classes.quiet}> · {note}</span>}
      {refusal === null ? null : <span className={classes.quiet}> · {refusal}</span>}
    </span>
  );
}
