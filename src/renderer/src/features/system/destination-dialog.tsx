import { type FormEvent, useId, useState } from 'react';
import { useStore } from 'zustand';
import { documentOf, revisionOf, useDocument, useDocuments } from '#renderer/client/documents.ts';
import { useQuery } from '#renderer/client/use-query.ts';
import { ActProblem } from '#renderer/frame/act-problem.tsx';
import { issuesOf } from '#renderer/frame/issues.ts';
import { Loading } from '#renderer/frame/loading.tsx';
import { closeOverlay, requestOverlay, requestStore } from '#renderer/frame/overlays.ts';
import { navigate } from '#renderer/frame/router.ts';
import { freeSlug } from '#renderer/frame/slug.ts';
import { useCommand } from '#renderer/frame/use-command.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Dialog } from '#renderer/ui/dialog.tsx';
import { ErrorState } from '#renderer/ui/placeholders.tsx';
import shared from '#renderer/ui/shared.module.css';
import { type ConnectorInfo, type DestinationDraft, destinationOf, draftOf } from './destination-draft.ts';
import { DestinationFields } from './destination-fields.tsx';
import { fieldsOf, valuesOf } from './schema-form.ts';

/** Adds a destination, or changes one, from anywhere in the console. */
export function DestinationOverlay() {
  const request = useStore(requestStore, (state) => state.request);
  return request?.type === 'destination' ? <Opening key={request.id ?? ''} editing={request.id ?? null} /> : null;
}

function Opening({ editing }: { readonly editing: string | null }) {
  const { data, error, reload } = useQuery('connector.list', {});
  if (data !== null) return <DestinationDialog editing={editing} connectors={data.connectors} />;
  return (
    <Dialog isOpen onClose={closeOverlay} title="Destination" width={720}>
      {error !== null ? (
        <ErrorState error={error} meaning="The connectors of this gateway are not known." onRetry={reload} />
      ) : (
        <Loading rows={5} label="the connectors" />
      )}
    </Dialog>
  );
}

function firstDraft(editing: string | null, connectors: readonly ConnectorInfo[]): DestinationDraft {
  const value = documentOf('destination', editing ?? '')?.value ?? null;
  const draft = draftOf(value);
  const connector = connectors.find((each) => each.id === draft.connector);
  return connector === undefined ? draft : { ...draft, settings: valuesOf(fieldsOf(connector.settings), value?.settings ?? {}) };
}

function DestinationDialog({ editing, connectors }: { readonly editing: string | null; readonly connectors: readonly ConnectorInfo[] }) {
  const form = useId();
  const before = useDocument('destination', editing ?? '')?.value;
  const taken = new Set(useDocuments('destination').map(({ id }) => id));
  const [draft, setDraft] = useState(() => firstDraft(editing, connectors));
  const [isTried, setIsTried] = useState(false);
  const [doneId, setDoneId] = useState<string | null>(null);
  const { state, isBusy, run } = useCommand();
  const connector = connectors.find((each) => each.id === draft.connector) ?? null;
  const fields = connector === null ? [] : fieldsOf(connector.settings);
  const { value, problems } = destinationOf(draft, fields, before);
  const id = editing ?? (draft.id.trim() || freeSlug(draft.name, taken));
  if (doneId !== null && connector !== null) return <AddedDestination id={doneId} name={draft.name} connector={connector} />;
  const change = (values: Partial<DestinationDraft>) => setDraft((old) => ({ ...old, ...values }));
  const choose = (next: ConnectorInfo) =>
    change({
      connector: next.id,
      settings: valuesOf(fieldsOf(next.settings), {}),
      ...(draft.name === '' || connectors.some((each) => each.title === draft.name) ? { name: next.title } : {}),
    });
  const save = async () => {
    if (value === null || id === '') return;
    const end = await run('destination.put', { id, value, expectedRevision: revisionOf('destination', id) });
    if (!end.ok) return;
    if (editing === null) setDoneId(id);
    else closeOverlay();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsTried(true);
    void save();
  };
  return (
    <Dialog
      isOpen
      onClose={closeOverlay}
      width={720}
      title={editing === null ? 'Add a destination' : `Change ${before?.name ?? editing}`}
      footer={
        <>
          <ActProblem state={state} />
          <Button onClick={closeOverlay}>Cancel</Button>
          <Button look="primary" type="submit" form={form} disabled={connector === null || id === ''} isBusy={isBusy}>
            {editing === null ? 'Add destination' : 'Save destination'}
          </Button>
        </>
      }
    >
      <form id={form} className={shared.stack} onSubmit={submit} noValidate>
        <DestinationFields
          draft={draft}
          id={id}
          isNew={editing === null}
          before={before ?? null}
          connectors={connectors}
          connector={connector}
          fields={fields}
          problems={new Map([...(isTried ? problems : []), ...issuesOf(state.error)])}
          onChange={change}
          onConnector={choose}
        />
      </form>
    </Dialog>
  );
}

function AddedDestination({ id, name, connector }: { readonly id: string; readonly name: string; readonly connector: ConnectorInfo }) {
  const needsCredential = connector.credential.length > 0;
  return (
    <Dialog
      isOpen
      onClose={closeOverlay}
      title={`${name} is added`}
      footer={
        <>
          <Button
            onClick={() => {
              closeOverlay();
              navigate(`/destinations/${id}`);
            }}
          >
            See its page
          </Button>
          {needsCredential ? (
            <Button look="primary" data-autofocus onClick={() => requestOverlay({ type: 'credential', destination: id })}>
              Add its credential…
            </Button>
          ) : (
            <Button look="primary" data-autofocus onClick={closeOverlay}>
              Done
            </Button>
          )}
        </>
      }
    >
      <p>
        {needsCredential
          ? `It starts with the next event. Until it has its credential (${connector.credential.map((field) => field.label).join(', ')}) it is held and its events wait.`
          : 'It starts with the next event.'}
      </p>
    </Dialog>
  );
}
