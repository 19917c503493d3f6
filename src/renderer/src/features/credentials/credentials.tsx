import { IconKey, IconShieldLock } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { destinationName, documentStore } from '#renderer/client/documents.ts';
import { callDesk, currentSession, useDesk } from '#renderer/client/session.ts';
import { useQuery } from '#renderer/client/use-query.ts';
import { Loading } from '#renderer/frame/loading.tsx';
import { requestOverlay } from '#renderer/frame/overlays.ts';
import { showToast } from '#renderer/frame/toasts.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Callout } from '#renderer/ui/callout.tsx';
import { Page, ViewFrame } from '#renderer/ui/page.tsx';
import { Panel, ViewHeader } from '#renderer/ui/panel.tsx';
import { EmptyState, ErrorState } from '#renderer/ui/placeholders.tsx';
import { counted } from '#renderer/ui/quantity.ts';
import { CredentialTable } from './credential-table.tsx';
import classes from './credentials.module.css';
import { DeleteDialog } from './delete-dialog.tsx';
import { useChecks } from './use-check.ts';
import { keychainWords, needsPerson, sortCredentials } from './words.ts';

/** Binds again what the keychain holds: the operator looked at the new address and says that it may have it. */
async function rebind(destination: string, onDone: () => void): Promise<void> {
  const answer = await callDesk('credential.rebind', { environment: currentSession().environment, destination }, { deadlineMs: 60_000 });
  const name = destinationName(destination);
  if (answer.ok)
    showToast({
      id: `credential ${destination}`,
      title: `${name} has its credential again`,
      body: `Version ${answer.value.version} is bound to the present address.`,
    });
  else
    showToast({
      id: `credential ${destination}`,
      state: 'failing',
      title: `Binding the credential of ${name} failed: ${answer.error.message}`,
      body: answer.error.suggestedAction,
    });
  onDone();
}

/** Which destination has which credential, and whether it works. Never the credential itself. */
export function Credentials() {
  const { data, error, isLoading, reload } = useQuery('credential.list', {}, { refreshMs: 10_000 });
  const documents = useStore(documentStore, (state) => state.byKind.credential);
  const destinations = useStore(documentStore, (state) => state.byKind.destination);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a change asks again
  useEffect(() => reload(), [documents, destinations, reload]);
  const { checks, check } = useChecks();
  const [deleting, setDeleting] = useState<string | null>(null);
  const rows = data === null ? null : sortCredentials(data.credentials, destinationName);
  const waiting = rows?.filter(needsPerson).length ?? 0;
  return (
    <ViewFrame>
      <ViewHeader
        title="Credentials"
        note={
          rows === null || rows.length === 0
            ? undefined
            : waiting === 0
              ? 'all in place'
              : `${counted(waiting, 'destination')} ${waiting === 1 ? 'waits' : 'wait'} for one`
        }
      />
      {rows === null ? (
        error !== null ? (
          <Page>
            <ErrorState error={error} meaning="Which credentials are in place is not known now. Deliveries go on." onRetry={reload} />
          </Page>
        ) : isLoading ? (
          <Loading rows={8} label="credentials" />
        ) : null
      ) : rows.length === 0 ? (
        <EmptyState
          icon={<IconKey size={20} stroke={1.6} />}
          title="No destination, no credential"
          action={
            <Button look="primary" onClick={() => requestOverlay({ type: 'destination' })}>
              Add a destination…
            </Button>
          }
        >
          Each destination whose vendor wants a credential is listed here, with the fields it wants.
        </EmptyState>
      ) : (
        <Page>
          <KeychainBanner />
          <Panel title="By destination" note="what needs you first" isFlush>
            <div className={classes.rows}>
              <CredentialTable
                rows={rows}
                checks={checks}
                onCheck={check}
                onDelete={setDeleting}
                onRebind={(destination) => void rebind(destination, reload)}
              />
            </div>
          </Panel>
          <p className={classes.promise}>
            <IconShieldLock size={14} aria-hidden="true" />
            <span>
              No secret can be shown here, or anywhere, again: it went into this machine's keychain and, sealed, to the gateway. The
              fingerprint (the last characters of its SHA-256) lets two people compare. Each is bound to the address of its destination;
              another address gets nothing until somebody binds it again.
            </span>
          </p>
        </Page>
      )}
      {deleting === null ? null : <DeleteDialog destination={deleting} onClose={() => setDeleting(null)} onDone={reload} />}
    </ViewFrame>
  );
}

function KeychainBanner() {
  const keychain = useDesk((state) => state.desk?.keychain);
  const words = keychain === undefined ? null : keychainWords(keychain);
  return words === null ? null : (
    <Callout state={words.mark} title={words.title}>
      {words.text}
    </Callout>
  );
}
