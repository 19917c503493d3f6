/** Pure: the words of a credential's state and of the keychain. */
import type { DeskState } from '#contract/desk/operations.ts';
import type { OutputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import type { MarkState } from '#renderer/ui/state.ts';

export type CredentialRow = OutputOf<Operations['credential.list']>['credentials'][number];

export interface StateWords {
  readonly mark: MarkState;
  readonly word: string;
  /** What it means for events, and what to do. */
  readonly meaning: string;
}

export const credentialStates: Readonly<Record<CredentialRow['state'], StateWords>> = {
  refused: {
    mark: 'failing',
    word: 'Refused',
    meaning: 'The vendor refused it. The destination is held and its events wait: replace the credential.',
  },
  missing: { mark: 'held', word: 'Missing', meaning: 'The destination is held and its events wait until a credential is added.' },
  'origin-changed': {
    mark: 'held',
    word: 'Address changed',
    meaning:
      'The destination now points to another address than the one this credential was given for. It is not sent there until somebody binds it again.',
  },
  present: { mark: 'healthy', word: 'In place', meaning: 'The gateway has it and sends it to this address only.' },
  'not-needed': { mark: 'off', word: 'Not needed', meaning: 'This connector takes no credential.' },
};

const order: readonly CredentialRow['state'][] = ['refused', 'missing', 'origin-changed', 'present', 'not-needed'];

/** What needs a person first; then by name. */
export function sortCredentials(rows: readonly CredentialRow[], nameOf: (id: string) => string): readonly CredentialRow[] {
  return [...rows].sort(
    (a, b) => order.indexOf(a.state) - order.indexOf(b.state) || nameOf(a.destination).localeCompare(nameOf(b.destination)),
  );
}

/** Rows that hold their destination until a person acts. */
export function needsPerson(row: Pick<CredentialRow, 'state'>): boolean {
  return row.state === 'refused' || row.state === 'missing' || row.state === 'origin-changed';
}

export interface KeychainWords {
  readonly mark: MarkState;
  readonly title: string;
  readonly text: string;
}

/** What to say of the keychain; null while all is well with it. */
export function keychainWords({ state, backend, detail }: DeskState['keychain']): KeychainWords | null {
  const said = detail === '' ? '' : ` ${detail.replace(/\.?$/, '.')}`;
  switch (state) {
    case 'locked':
      return {
        mark: 'degraded',
        title: 'The keychain is locked',
        text: `Unlock it in your desktop's own dialog; Sluice tries again by itself. Until then new secrets are kept for this session only.${said}`,
      };
    case 'waiting':
      return {
        mark: 'degraded',
        title: 'The keychain is waiting for you',
        text: `It shows a dialog of its own: look for it, perhaps behind another window, and answer it.${said}`,
      };
    case 'unavailable':
      return {
        mark: 'degraded',
        title: 'No keychain on this machine',
        text: `Secrets are kept in memory for this session and asked for again after a restart; nothing is written to disk in the clear. On Linux, install and start a Secret Service such as gnome-keyring.${said}`,
      };
    case 'unknown':
      return null;
    case 'ready':
      return backend === 'session'
        ? {
            mark: 'degraded',
            title: 'Secrets are kept for this session only',
            text: `They live in memory and are asked for again after a restart.${said}`,
          }
        : null;
  }
}
