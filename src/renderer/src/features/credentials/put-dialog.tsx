import { Textarea, TextInput } from '@mantine/core';
import { IconShieldLock } from '@tabler/icons-react';
import { type FormEvent, useId, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { DeskOperations } from '#contract/desk/operations.ts';
import type { AppError } from '#contract/errors.ts';
import type { OutputOf } from '#contract/operation.ts';
import { useDestinationName } from '#renderer/client/documents.ts';
import { callDesk, currentSession } from '#renderer/client/session.ts';
import { useQuery } from '#renderer/client/use-query.ts';
import { announce } from '#renderer/frame/announce.ts';
import { Loading } from '#renderer/frame/loading.tsx';
import { closeOverlay, requestStore } from '#renderer/frame/overlays.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Dialog } from '#renderer/ui/dialog.tsx';
import { ErrorState } from '#renderer/ui/placeholders.tsx';
import shared from '#renderer/ui/shared.module.css';
import { StatusMark } from '#renderer/ui/status-mark.tsx';
import classes from './credentials.module.css';
import { checkWords, useChecks } from './use-check.ts';
import type { CredentialRow } from './words.ts';

/** Adds or replaces a destination's credential from anywhere in the console. */
export function CredentialOverlay() {
  const request = useStore(requestStore, (state) => state.request);
  return request?.type === 'credential' ? <PutDialog key={request.destination} destination={request.destination} /> : null;
}

type Kept = OutputOf<DeskOperations['credential.put']>;

/**
 * What is typed stays in the DOM's own inputs: it is read once on submit, handed to the desk, and the form is
 * emptied at once. React and the stores never hold it.
 */
function takeFields(form: HTMLFormElement, names: readonly string[]): Record<string, string> {
  const data = new FormData(form);
  const fields = Object.fromEntries(names.map((name) => [name, String(data.get(name) ?? '')]));
  form.reset();
  return fields;
}

function PutDialog({ destination }: { readonly destination: string }) {
  const name = useDestinationName(destination);
  const list = useQuery('credential.list', {});
  const row = list.data?.credentials.find((each) => each.destination === destination);
  const [kept, setKept] = useState<Kept | null>(null);
  if (kept !== null) return <KeptDialog name={name} kept={kept} destination={destination} isCheckable={row?.checkable ?? false} />;
  if (row === undefined) {
    return (
      <Dialog isOpen onClose={closeOverlay} title={`Credential of ${name}`}>
        {list.error !== null ? (
          <ErrorState error={list.error} onRetry={list.reload} />
        ) : list.isLoading ? (
          <Loading rows={3} label="its fields" />
        ) : (
          <p>This destination does not exist any more.</p>
        )}
      </Dialog>
    );
  }
  return <PutForm row={row} name={name} onKept={setKept} />;
}

function PutForm({ row, name, onKept }: { readonly row: CredentialRow; readonly name: string; readonly onKept: (kept: Kept) => void }) {
  const id = useId();
  const form = useRef<HTMLFormElement>(null);
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<AppError | null>(null);
  const isNew = row.state === 'missing';
  const needsOrigin = row.origin === '' && row.fields.length > 0;
  const send = async (fields: Record<string, string>) => {
    setIsBusy(true);
    setError(null);
    const answer = await callDesk(
      'credential.put',
      { environment: currentSession().environment, destination: row.destination, fields },
      { deadlineMs: 60_000 },
    );
    setIsBusy(false);
    if (!answer.ok) return setError(answer.error);
    announce(`${name} has its credential`);
    onKept(answer.value);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (form.current === null || isBusy) return;
    void send(
      takeFields(
        form.current,
        row.fields.map((field) => field.name),
      ),
    );
  };
  return (
    <Dialog
      isOpen
      onClose={closeOverlay}
      title={isNew ? `Add the credential of ${name}` : `Replace the credential of ${name}`}
      footer={
        <>
          {error === null ? null : (
            <span role="alert" className={classes.problem}>
              {error.message} {error.suggestedAction}
            </span>
          )}
          <Button onClick={closeOverlay}>Cancel</Button>
          <Button look="primary" type="submit" form={id} isBusy={isBusy} disabled={row.fields.length === 0 || needsOrigin}>
            {isNew ? 'Add credential' : 'Replace credential'}
          </Button>
        </>
      }
    >
      <form id={id} ref={form} className={shared.stack} autoComplete="off" onSubmit={submit}>
        <dl className={classes.fact}>
          <dt>For</dt>
          <dd>
            {name} ({row.connector})
          </dd>
          <dt>Sent only to</dt>
          <dd className={classes.mono}>{row.origin === '' ? 'no address yet' : row.origin}</dd>
          <dt>Now</dt>
          <dd>
            {row.version === null ? 'none' : `version ${row.version}${row.fingerprint === null ? '' : `, fingerprint ${row.fingerprint}`}`}
          </dd>
        </dl>
        {needsOrigin ? (
          <p role="alert">This destination has no address yet. Set its endpoint first: a credential is bound to one address.</p>
        ) : null}
        {row.fields.map((field, index) => (
          <SecretField key={field.name} name={field.name} label={field.label} isMultiline={field.multiline} isFirst={index === 0} />
        ))}
        <p className={classes.promise}>
          <IconShieldLock size={14} aria-hidden="true" />
          <span>
            It goes to this machine's keychain and, sealed, to the gateway. Nobody can read it here again, neither you nor Sluice; to change
            it, replace it.
          </span>
        </p>
      </form>
    </Dialog>
  );
}

function SecretField({
  name,
  label,
  isMultiline,
  isFirst,
}: {
  readonly name: string;
  readonly label: string;
  readonly isMultiline: boolean;
  readonly isFirst: boolean;
}) {
  const common = {
    name,
    label,
    required: true,
    withAsterisk: false,
    autoComplete: 'off',
    spellCheck: false,
    autoCapitalize: 'off',
    'data-1p-ignore': true,
    'data-lpignore': 'true',
    ...(isFirst ? { 'data-autofocus': true } : {}),
  };
  return isMultiline ? (
    <Textarea {...common} className={classes.multiline ?? ''} autosize={false} rows={6} />
  ) : (
    <TextInput {...common} type="password" />
  );
}

function KeptDialog({
  name,
  kept,
  destination,
  isCheckable,
}: {
  readonly name: string;
  readonly kept: Kept;
  readonly destination: string;
  readonly isCheckable: boolean;
}) {
  const { checks, check } = useChecks();
  const answer = checks.get(destination);
  return (
    <Dialog
      isOpen
      onClose={closeOverlay}
      title={`${name} has its credential`}
      footer={
        <>
          {isCheckable ? (
            <Button isBusy={answer?.step === 'asking'} onClick={() => check(destination)}>
              Check it at the vendor
            </Button>
          ) : null}
          <Button look="primary" data-autofocus onClick={closeOverlay}>
            Done
          </Button>
        </>
      }
    >
      <div className={classes.done}>
        <p className={classes.kept}>
          <StatusMark state="healthy" />
          <span>
            Version {kept.version} is in place, fingerprint <span className={classes.mono}>{kept.fingerprint}</span>. Two people who typed
            the same see the same fingerprint.
          </span>
        </p>
        <p>
          {kept.stored === 'keychain'
            ? 'This machine keeps it in its keychain.'
            : 'There is no keychain to keep it in: it is held for this session only and asked for again after a restart.'}
        </p>
        {answer === undefined ? null : <p role="status">{checkWords(answer)}</p>}
      </div>
    </Dialog>
  );
}
