import { useEffect, useMemo } from 'react';
import type { Document } from '#contract/documents/document.ts';
import { parseDocument, useDocument } from '#renderer/client/documents.ts';
import { useQuery } from '#renderer/client/use-query.ts';
import { Loading } from '#renderer/frame/loading.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import { ErrorState } from '#renderer/ui/placeholders.tsx';
import type { MarkState } from '#renderer/ui/state.ts';
import { StateLabel } from '#renderer/ui/status-mark.tsx';
import { clockMinutes } from '#renderer/ui/time.ts';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import classes from './destination.module.css';

type SwitchDocument = Document<'switch'>;

/** Revisions of a destination's switch, newest first; asked again when it changes. */
function useSwitchHistory(id: string) {
  const documentId = `destination:${id}`;
  const revision = useDocument('switch', documentId)?.revision ?? 0;
  const query = useQuery('document.history', { kind: 'switch', id: documentId, limit: 50 });
  const { reload, data } = query;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new revision is what there is to ask for
  useEffect(reload, [revision, reload]);
  const revisions = useMemo(
    () => (data?.revisions ?? []).map(parseDocument).filter((document): document is SwitchDocument => document?.kind === 'switch'),
    [data],
  );
  return { ...query, revisions };
}

const states: Readonly<Record<string, MarkState>> = {
  park: 'parked',
  drop: 'dropping',
  divert: 'parked',
  sample: 'dropping',
  flow: 'healthy',
};

/** Who set the switch, when, why, until. */
export function SwitchHistory({ id }: { readonly id: string }) {
  const { revisions, error, isLoading, data, reload } = useSwitchHistory(id);
  const hasNone = error?.code === 'DOCUMENT_NOT_FOUND';
  return (
    <Panel title="Switch history">
      {error !== null && data === null && !hasNone ? <ErrorState error={error} onRetry={reload} /> : null}
      {data === null && isLoading ? <Loading rows={2} label="the history" /> : null}
      {revisions.length === 0 && (hasNone || data !== null) ? (
        <p className={classes.quiet}>Never touched: it has flowed since it was created.</p>
      ) : null}
      <ol className={classes.history}>
        {revisions.map((document) => (
          <li key={document.revision}>
            <span className={classes.historyHead}>
              {document.value?.mode === 'flow' || document.value === null ? (
                <span className={classes.opened}>Opened</span>
              ) : (
                <StateLabel state={states[document.value.mode] ?? 'none'} />
              )}
              <span className={classes.quiet}>
                by {document.by}, <TimeAgo at={document.at} />
                {document.value?.until == null ? '' : `, until ${clockMinutes(document.value.until)}`}
              </span>
            </span>
            <span className={classes.reason}>{document.reason === '' ? 'no reason given' : document.reason}</span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
