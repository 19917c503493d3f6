import type { Document } from '#contract/documents/document.ts';
import type { SwitchScope } from '#contract/documents/switch.ts';
import { useDocuments } from '#renderer/client/documents.ts';
import { groupsOf, inForce, stillStopping } from '#renderer/frame/scopes.ts';
import { Callout } from '#renderer/ui/callout.tsx';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import classes from './dialogs.module.css';

const stopWords = { park: 'Parked', drop: 'Set to drop', divert: 'Diverted', sample: 'Set to a sample' } as const;

/** Who stopped it, since when and why. */
export function StoppedBy({ document }: { readonly document: Document<'switch'> | undefined }) {
  if (document?.value == null || document.value.mode === 'flow') {
    return (
      <p className={classes.summary}>
        No switch of its own is in force here. Opening sets it to flow and decides what happens to the backlog.
      </p>
    );
  }
  return (
    <p className={classes.summary}>
      {stopWords[document.value.mode]} <TimeAgo at={document.at} /> by <strong>{document.by}</strong>
      {document.reason === '' ? ', without a reason given.' : `: “${document.reason}”`}
    </p>
  );
}

/** Warns where another switch goes on stopping what is about to be opened. */
export function AlsoStopped({ scope }: { readonly scope: SwitchScope }) {
  const switches = useDocuments('switch');
  const destinations = useDocuments('destination');
  const sources = useDocuments('source');
  const others = stillStopping(scope, inForce(groupsOf({ switches, destinations, sources })));
  if (others.length === 0) return null;
  const isAll = others.some((row) => row.scope.type === 'everything');
  return (
    <Callout state="parked" title={isAll ? 'Everything is stopped too' : 'Other switches stay in force'}>
      {isAll
        ? 'Nothing leaves until “everything” is opened as well.'
        : `${others.map((row) => `${row.name} (${row.mode})`).join(', ')}: what they cover stays stopped.`}
    </Callout>
  );
}
