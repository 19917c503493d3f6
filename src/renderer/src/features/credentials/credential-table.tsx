import { destinationName } from '#renderer/client/documents.ts';
import { requestOverlay } from '#renderer/frame/overlays.ts';
import { Button } from '#renderer/ui/button.tsx';
import shared from '#renderer/ui/shared.module.css';
import { stateLooks } from '#renderer/ui/state.ts';
import { StatusMark } from '#renderer/ui/status-mark.tsx';
import { type Column, Table } from '#renderer/ui/table.tsx';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import classes from './credentials.module.css';
import { type Check, checkWords } from './use-check.ts';
import { type CredentialRow, credentialStates } from './words.ts';

const quiet = <span className={shared.quiet}>–</span>;
const fromWords = { desk: 'this console', environment: 'environment' } as const;

function State({ row, check }: { readonly row: CredentialRow; readonly check: Check | undefined }) {
  const words = credentialStates[row.state];
  return (
    <div title={words.meaning}>
      <span className={classes.state}>
        <StatusMark state={words.mark} />
        <span className={classes.word} data-hue={stateLooks[words.mark].hue}>
          {words.word}
        </span>
      </span>
      {check === undefined ? null : (
        <span className={classes.verdict} role="status">
          {checkWords(check)}
        </span>
      )}
    </div>
  );
}

interface Acts {
  readonly checks: ReadonlyMap<string, Check>;
  readonly onCheck: (destination: string) => void;
  readonly onDelete: (destination: string) => void;
  readonly onRebind: (destination: string) => void;
}

function RowActs({ row, checks, onCheck, onDelete, onRebind }: { readonly row: CredentialRow } & Acts) {
  if (row.state === 'not-needed') return null;
  const name = destinationName(row.destination);
  const isUrgent = row.state === 'missing' || row.state === 'refused';
  return (
    <div className={shared.ends}>
      {row.state === 'origin-changed' && row.from === 'desk' ? (
        <Button
          size="small"
          look="primary"
          onClick={() => onRebind(row.destination)}
          aria-label={`Bind the credential of ${name} to its present address`}
        >
          Bind again
        </Button>
      ) : null}
      {row.checkable && row.version !== null ? (
        <Button
          size="small"
          isBusy={checks.get(row.destination)?.step === 'asking'}
          onClick={() => onCheck(row.destination)}
          aria-label={`Check the credential of ${name} at the vendor`}
        >
          Check
        </Button>
      ) : null}
      <Button
        size="small"
        look={isUrgent ? 'primary' : 'plain'}
        onClick={() => requestOverlay({ type: 'credential', destination: row.destination })}
        aria-label={`${row.state === 'missing' ? 'Add' : 'Replace'} the credential of ${name}`}
      >
        {row.state === 'missing' ? 'Add…' : 'Replace…'}
      </Button>
      {row.state === 'missing' ? null : (
        <Button size="small" look="quiet" onClick={() => onDelete(row.destination)} aria-label={`Delete the credential of ${name}`}>
          Delete…
        </Button>
      )}
    </div>
  );
}

function columns(acts: Acts): readonly Column<CredentialRow>[] {
  return [
    {
      id: 'destination',
      title: 'Destination',
      width: '30%',
      cell: (row) => (
        <span className={classes.destination}>
          <span className={classes.name}>{destinationName(row.destination)}</span>
          <span className={shared.quiet}>{row.connector}</span>
        </span>
      ),
    },
    { id: 'state', title: 'State', width: '15%', cell: (row) => <State row={row} check={acts.checks.get(row.destination)} /> },
    {
      id: 'origin',
      title: 'Bound to',
      cell: (row) =>
        row.origin === '' ? (
          <span className={shared.quiet}>no address yet</span>
        ) : (
          <span className={classes.origin} title={row.origin}>
            {row.origin}
          </span>
        ),
    },
    {
      id: 'version',
      title: 'Version',
      width: '120px',
      cell: (row) =>
        row.version === null || row.state === 'missing' ? (
          quiet
        ) : (
          <span>
            {row.version}{' '}
            {row.fingerprint === null ? null : (
              <code title="Fingerprint: the last characters of SHA-256 of the secret">{row.fingerprint}</code>
            )}
          </span>
        ),
    },
    {
      id: 'bound',
      title: 'Given',
      width: '132px',
      cell: (row) =>
        row.boundAt === null ? (
          quiet
        ) : (
          <span className={classes.destination}>
            <TimeAgo at={row.boundAt} />
            <span
              className={shared.quiet}
              title={row.from === 'environment' ? 'An environment variable of the gateway’s process' : undefined}
            >
              {row.from === null ? '' : fromWords[row.from]}
            </span>
          </span>
        ),
    },
    {
      id: 'acts',
      title: <span className="visually-hidden">Acts</span>,
      align: 'end',
      width: '236px',
      cell: (row) => <RowActs row={row} {...acts} />,
    },
  ];
}

/** One line per destination: state, address, version, from whom, and what can be done. */
export function CredentialTable({ rows, ...acts }: { readonly rows: readonly CredentialRow[] } & Acts) {
  return <Table label="Credentials by destination" columns={columns(acts)} rows={rows} rowKey={(row) => row.destination} isFixed />;
}
