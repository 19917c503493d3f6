import type { AppError } from '#contract/errors.ts';
import type { Applied } from '#contract/operations/restore.ts';
import { destinationName } from '#renderer/client/documents.ts';
import { BlastTable } from '#renderer/frame/blast-table.tsx';
import { Callout } from '#renderer/ui/callout.tsx';
import { counted } from '#renderer/ui/quantity.ts';
import classes from './restore-points.module.css';
import { credentialWords, problemLines } from './words.ts';

/** What bringing back would touch beside the documents: events that wait, destinations that go, credentials that are missing. */
export function TouchedPreview({ applied: { radius, removedDestinations, comparison } }: { readonly applied: Applied }) {
  const waiting = radius.destinations
    .filter(({ destination }) => removedDestinations.includes(destination))
    .reduce((sum, row) => sum + row.waiting + row.held + row.retrying, 0);
  return (
    <>
      {removedDestinations.length === 0 ? null : (
        <Callout state="failing" title={`${removedDestinations.map(destinationName).join(', ')} would be removed`}>
          {waiting === 0 ? 'Nothing waits there now.' : `${counted(waiting, 'waiting event')} would be dropped.`} Bringing the destination
          back later does not bring events back, and its credential has to be bound again.
        </Callout>
      )}
      {comparison.credentials.length === 0 ? null : (
        <Callout state="degraded" title="A secret is never brought back">
          <ul className={classes.lines}>
            {comparison.credentials.map((each) => (
              <li key={each.destination}>
                {destinationName(each.destination)} {credentialWords(each)}
              </li>
            ))}
          </ul>
        </Callout>
      )}
      {radius.destinations.length === 0 ? null : <BlastTable preview={radius} purpose="drop" />}
    </>
  );
}

/** Why it cannot be done, with each thing that is in the way. */
export function Refused({ error }: { readonly error: AppError }) {
  const lines = problemLines(error);
  return (
    <Callout state="failing" title={error.message}>
      <p>{error.suggestedAction}</p>
      {lines.length === 0 ? null : (
        <ul className={classes.lines}>
          {lines.slice(0, 20).map((line) => (
            <li key={line}>{line}</li>
          ))}
          {lines.length > 20 ? <li>and {lines.length - 20} more</li> : null}
        </ul>
      )}
    </Callout>
  );
}
