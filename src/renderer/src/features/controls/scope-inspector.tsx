import { useEffect } from 'react';
import { useStore } from 'zustand';
import type { Document } from '#contract/documents/document.ts';
import { parseDocument } from '#renderer/client/documents.ts';
import { useQuery } from '#renderer/client/use-query.ts';
import { actingStore } from '#renderer/frame/acting.tsx';
import { Loading } from '#renderer/frame/loading.tsx';
import { requestOverlay } from '#renderer/frame/overlays.ts';
import { href, setQuery } from '#renderer/frame/router.ts';
import type { ScopeRow } from '#renderer/frame/scopes.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Inspector, InspectorSection } from '#renderer/ui/inspector.tsx';
import { Facts } from '#renderer/ui/panel.tsx';
import { ErrorState } from '#renderer/ui/placeholders.tsx';
import { ProofPanel } from '#renderer/ui/proof-panel.tsx';
import shared from '#renderer/ui/shared.module.css';
import { StateLabel } from '#renderer/ui/status-mark.tsx';
import { absolute } from '#renderer/ui/time.ts';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import classes from './controls.module.css';
import { ModeSwitch } from './mode-switch.tsx';

const modeState = { flow: 'healthy', park: 'parked', drop: 'dropping', divert: 'parked', sample: 'dropping' } as const;
const modeWord = { flow: 'Flow', park: 'Park', drop: 'Drop', divert: 'Divert', sample: 'Sample' } as const;

/** One switch: what is in force and its proof, and every revision with who and why. */
export function ScopeInspector({ row }: { readonly row: ScopeRow }) {
  const kept = useStore(actingStore, (state) => state.proofs.get(row.id));
  const asked = useQuery('switch.proof', kept === undefined && row.set !== null ? { id: row.id } : null);
  const proof = kept ?? asked.data ?? undefined;
  return (
    <Inspector title={row.name} subject={row.name} onClose={() => setQuery({ inspect: '' })}>
      <InspectorSection>
        <div>
          <ModeSwitch scope={row.scope} name={row.name} mode={row.mode} />
        </div>
        <Facts
          items={[
            {
              label: 'In force',
              value: row.mode === 'flow' ? 'Flow: nothing is stopped here' : <StateLabel state={modeState[row.mode]} />,
            },
            {
              label: 'Set',
              value:
                row.set === null ? (
                  'never'
                ) : (
                  <>
                    <TimeAgo at={row.set.at} /> by {row.set.by}
                  </>
                ),
            },
            { label: 'Why', value: row.set === null ? '–' : row.set.reason === '' ? 'no reason given' : row.set.reason },
            {
              label: 'Timer',
              value: row.set?.until == null ? 'none' : <span title={absolute(row.set.until)}>opens {absolute(row.set.until)}</span>,
            },
          ]}
        />
        <div className={classes.acts}>
          <Button size="small" onClick={() => requestOverlay({ type: 'switch', scope: row.scope })}>
            Park with a timer…
          </Button>
          {row.scope.type === 'destination' ? <a href={href(`/destinations/${row.scope.destination}`)}>Open its page</a> : null}
        </div>
      </InspectorSection>
      {proof === undefined || row.mode === 'flow' ? null : (
        <InspectorSection title="Proof of the last change">
          <ProofPanel proof={proof} />
        </InspectorSection>
      )}
      <InspectorSection title="Every change">
        <History id={row.id} revision={row.set?.revision ?? 0} />
      </InspectorSection>
    </Inspector>
  );
}

function History({ id, revision }: { readonly id: string; readonly revision: number }) {
  const { data, error, isLoading, reload } = useQuery('document.history', { kind: 'switch', id, limit: 100 });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new revision asks again
  useEffect(() => reload(), [revision, reload]);
  if (data === null)
    return error !== null ? <ErrorState error={error} onRetry={reload} /> : isLoading ? <Loading rows={3} label="what this stops" /> : null;
  const revisions = data.revisions.map(parseDocument).filter((document): document is Document<'switch'> => document?.kind === 'switch');
  if (revisions.length === 0) return <p className={shared.quiet}>Nobody ever set this switch.</p>;
  return (
    <ol className={classes.history}>
      {revisions.map((document) => (
        <li key={document.revision} className={classes.revision}>
          <span>
            {document.value === null ? (
              'Removed'
            ) : document.value.mode === 'flow' ? (
              modeWord.flow
            ) : (
              <StateLabel state={modeState[document.value.mode]} />
            )}
          </span>
          <span>{document.by}</span>
          <span className={shared.quiet}>
            <TimeAgo at={document.at} />
          </span>
          <span className={classes.why}>
            {document.reason === '' ? 'no reason given' : document.reason}
            {openingWords(document)}
          </span>
        </li>
      ))}
    </ol>
  );
}

const openings = {
  drain: 'backlog drained',
  newer: 'only the newer part sent',
  fromNow: 'backlog kept parked',
  discard: 'backlog discarded',
} as const;

function openingWords({ value }: Document<'switch'>): string {
  if (value?.mode !== 'flow' || value.opening === null) return '';
  return ` · ${openings[value.opening.backlog.choice]}${value.opening.pacePerSecond === null ? '' : ` at ${value.opening.pacePerSecond}/s`}`;
}
