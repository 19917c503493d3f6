import type { Destination } from '#contract/documents/destination.ts';
import { CertificateTable } from '#renderer/frame/certificate-table.tsx';
import { Facts, Panel } from '#renderer/ui/panel.tsx';
import { counted } from '#renderer/ui/quantity.ts';
import { ChangeButton } from '../change-button.tsx';
import type { DestinationTransport } from '../use-lane.ts';

const protocols = { h2: 'HTTP/2', 'http/1.1': 'HTTP/1.1' } as const;

/** What is really spoken, and what was asked for. */
export function TransportPanel({
  destination,
  transport,
  onChange,
}: {
  readonly destination: Destination;
  readonly transport: DestinationTransport;
  readonly onChange: () => void;
}) {
  const wanted = destination.transport;
  const active = transport.endpoints.find(({ id }) => id === transport.active) ?? transport.endpoints[0];
  const sockets = transport.endpoints.reduce((sum, endpoint) => sum + endpoint.sockets, 0);
  const authenticates = wanted?.proxy?.authenticate === true ? ', with user and password from the credential' : '';
  return (
    <Panel title="Transport" actions={<ChangeButton onClick={onChange} />}>
      <Facts
        items={[
          {
            label: 'Protocol',
            value: `${active?.protocol == null ? 'not connected yet' : protocols[active.protocol]}; wanted: ${http2Words(wanted?.http2)}`,
          },
          { label: 'Connections', value: counted(sockets, 'open socket') },
          { label: 'Compression', value: active?.gzip === true ? 'gzip' : 'none' },
          { label: 'Proxy', value: transport.proxy === null ? 'none' : <code>{`${transport.proxy}${authenticates}`}</code> },
          { label: 'Trusts', value: wanted?.ca === undefined ? 'the public authorities' : 'its own authorities only; see certificates' },
          {
            label: 'Shows',
            value: wanted?.clientCertificate === true ? 'a client certificate (mTLS), from the credential' : 'no client certificate',
          },
          { label: 'Credential bound to', value: transport.binding === '' ? 'nothing' : transport.binding },
        ]}
      />
    </Panel>
  );
}

function http2Words(http2: 'auto' | 'off' | undefined): string {
  if (http2 === undefined) return 'as the connector says';
  return http2 === 'auto' ? 'HTTP/2 where offered' : 'HTTP/1.1';
}

/** Every certificate on the way to a vendor, ours and theirs, the first to end first. */
export function VendorCertificates({ transport }: { readonly transport: DestinationTransport }) {
  const shown = [
    ...transport.endpoints.flatMap(({ id, certificates }) => certificates.map((certificate) => ({ where: id, certificate }))),
    ...transport.certificates.map((certificate) => ({ where: '', certificate })),
  ];
  return (
    <Panel title="Certificates" note={shown.length === 0 ? undefined : 'the first to end first'} isFlush={shown.length > 0}>
      {shown.length === 0 ? <p>None seen: no connection yet, or it is made without TLS.</p> : <CertificateTable shown={shown} />}
    </Panel>
  );
}
