import type { CertificateFacts } from '#contract/documents/transport.ts';
import { StatusMark } from '#renderer/ui/status-mark.tsx';
import { type Column, Table } from '#renderer/ui/table.tsx';
import { absolute } from '#renderer/ui/time.ts';
import classes from './certificate-table.module.css';
import { certificateMark, certificateRoles, endText } from './certificate-words.ts';

export interface ShownCertificate {
  /** At which endpoint; empty where that is no matter. */
  readonly where: string;
  readonly certificate: CertificateFacts;
}

const columns: readonly Column<ShownCertificate>[] = [
  {
    id: 'subject',
    title: 'Certificate',
    cell: ({ certificate: { subject, fingerprint } }) => (
      <span className={classes.ellipsis} title={`${subject}\nSHA-256 ${fingerprint}`}>
        {subject}
      </span>
    ),
  },
  {
    id: 'whose',
    title: 'Whose',
    width: '24%',
    cell: ({ where, certificate: { role } }) => (where === '' ? certificateRoles[role] : `${certificateRoles[role]} at ${where}`),
  },
  {
    id: 'issuer',
    title: 'Issued by',
    width: '24%',
    cell: ({ certificate: { issuer } }) => (
      <span className={classes.ellipsis} title={issuer}>
        {issuer}
      </span>
    ),
  },
  {
    id: 'end',
    title: 'Ends',
    width: '190px',
    cell: ({ certificate }) => (
      <span className={classes.end} title={absolute(certificate.expiresAt)}>
        <StatusMark state={certificateMark(certificate)} />
        {endText(certificate)}
      </span>
    ),
  },
];

/** Certificates, the first to end first. */
export function CertificateTable({ shown }: { readonly shown: readonly ShownCertificate[] }) {
  const rows = [...shown].sort((a, b) => a.certificate.expiresAt - b.certificate.expiresAt);
  return (
    <Table
      label="Certificates"
      columns={columns}
      rows={rows}
      rowKey={({ where, certificate: { role, fingerprint } }) => `${where} ${role} ${fingerprint}`}
      isFixed
    />
  );
}
