import { Checkbox, Select, Textarea, TextInput } from '@mantine/core';
import type { Destination } from '#contract/documents/destination.ts';
import { type Transport, transportSchema } from '#contract/documents/transport.ts';
import shared from '#renderer/ui/shared.module.css';
import classes from '../edit-dialog.module.css';
import { EditDialog } from '../edit-dialog.tsx';

const gzipValues = { connector: undefined, on: true, off: false } as const;

/** How a vendor is reached. What is secret of it (a proxy's password, the client's key) is part of the credential. */
export function TransportDialog({
  id,
  before,
  onClose,
}: {
  readonly id: string;
  readonly before: Destination;
  readonly onClose: () => void;
}) {
  return (
    <EditDialog id={id} before={before} title={`Transport of ${before.name}`} onClose={onClose}>
      {({ draft, problems, onChange }) => {
        const transport = draft.transport ?? transportSchema.parse({});
        const change = (values: Partial<Transport>) => onChange({ transport: { ...transport, ...values } });
        return <Fields transport={transport} problems={problems} onChange={change} />;
      }}
    </EditDialog>
  );
}

interface FieldsProps {
  readonly transport: Transport;
  readonly problems: ReadonlyMap<string, string>;
  readonly onChange: (values: Partial<Transport>) => void;
}

function Fields({ transport, problems, onChange }: FieldsProps) {
  const { http2, gzip } = transport;
  return (
    <>
      <div className={shared.two}>
        <Select
          label="Protocol"
          data={[
            { value: 'connector', label: 'As the connector says' },
            { value: 'auto', label: 'HTTP/2 where the vendor offers it' },
            { value: 'off', label: 'HTTP/1.1' },
          ]}
          value={http2 ?? 'connector'}
          allowDeselect={false}
          data-autofocus
          onChange={(value) => onChange({ http2: value === 'auto' || value === 'off' ? value : undefined })}
        />
        <Select
          label="Compression"
          data={[
            { value: 'connector', label: 'As the connector says' },
            { value: 'on', label: 'gzip' },
            { value: 'off', label: 'None' },
          ]}
          value={gzip === undefined ? 'connector' : gzip ? 'on' : 'off'}
          allowDeselect={false}
          onChange={(value) => onChange({ gzip: gzipValues[value === 'on' || value === 'off' ? value : 'connector'] })}
        />
        <ProxyFields transport={transport} problems={problems} onChange={onChange} />
        <Textarea
          className={classes.wide ?? ''}
          label="Authorities to trust (optional)"
          description="certificates in PEM; empty: the public ones"
          placeholder="-----BEGIN CERTIFICATE-----"
          minRows={3}
          maxRows={8}
          autosize
          spellCheck={false}
          value={transport.ca ?? ''}
          error={problems.get('transport.ca')}
          onChange={(event) => onChange({ ca: event.currentTarget.value.trim() === '' ? undefined : event.currentTarget.value })}
        />
        <Checkbox
          size="xs"
          className={classes.wide ?? ''}
          label="Show a client certificate (mTLS)"
          description="it and its key become fields of the credential"
          checked={transport.clientCertificate}
          onChange={(event) => onChange({ clientCertificate: event.currentTarget.checked })}
        />
      </div>
      <p className={classes.note}>
        The credential is bound to proxy and authorities, too: after a change of them the destination is held until it is bound again.
      </p>
    </>
  );
}

function ProxyFields({ transport: { proxy }, problems, onChange }: FieldsProps) {
  return (
    <>
      <TextInput
        label="Proxy (optional)"
        description="tunnels by CONNECT"
        placeholder="http://proxy.example:3128"
        value={proxy?.url ?? ''}
        error={problems.get('transport.proxy.url') ?? problems.get('transport.proxy')}
        onChange={(event) => {
          const url = event.currentTarget.value.trim();
          onChange({ proxy: url === '' ? undefined : { authenticate: proxy?.authenticate ?? false, url } });
        }}
      />
      <Checkbox
        size="xs"
        label="It wants a user and a password"
        description="they become fields of the credential"
        disabled={proxy === undefined}
        checked={proxy?.authenticate ?? false}
        onChange={(event) => {
          if (proxy !== undefined) onChange({ proxy: { ...proxy, authenticate: event.currentTarget.checked } });
        }}
      />
    </>
  );
}
