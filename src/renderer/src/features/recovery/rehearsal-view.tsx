import type { Rehearsal } from '#contract/operations/replay.ts';
import { JsonView } from '#renderer/ui/json-editor.tsx';
import { writeJson } from '#renderer/ui/json-text.ts';
import { bytes, toText } from '#renderer/ui/quantity.ts';
import shared from '#renderer/ui/shared.module.css';
import { StatusMark } from '#renderer/ui/status-mark.tsx';
import classes from './recovery.module.css';
import { verdictLooks } from './words.ts';

/** What a dry run found: the verdict, why, and the request as it would leave, masked. */
export function RehearsalView({ rehearsal, isOld = false }: { readonly rehearsal: Rehearsal; readonly isOld?: boolean }) {
  const { verdict, detail, request, plan, removed, tooOld } = rehearsal;
  const look = verdictLooks[verdict];
  return (
    <div className={classes.rehearsal} aria-busy={isOld || undefined}>
      <p className={classes.verdict}>
        <StatusMark state={look.mark} size={14} />
        <strong>{look.word}</strong>
        <span className={shared.muted}>{detail === '' ? look.means : detail}</span>
      </p>
      {tooOld ? (
        <p className={classes.verdict}>
          <StatusMark state="degraded" size={12} /> It is older than this vendor takes.
        </p>
      ) : null}
      {plan === null || plan.violations.length === 0 ? null : (
        <ul className={classes.violations}>
          {plan.violations.map(({ path, message }) => (
            <li key={`${path} ${message}`}>
              <code>{path === '' ? 'the event' : path}</code> {message}
            </li>
          ))}
        </ul>
      )}
      {request === null ? null : (
        <details className={classes.request}>
          <summary>
            <code>{request.method}</code> {hostOf(request.url)}, {toText(bytes(request.bytes))}
          </summary>
          <p className={classes.quiet}>
            {request.url}
            <br />
            {request.headers.join(' · ')}
          </p>
          <JsonView label="The request, masked" text={writeJson(request.body)} height="short" />
        </details>
      )}
      {removed.length === 0 ? null : (
        <p className={classes.quiet}>
          Stays behind: <code>{removed.join(', ')}</code>
        </p>
      )}
    </div>
  );
}

function hostOf(url: string): string {
  return URL.parse(url)?.host ?? url;
}
