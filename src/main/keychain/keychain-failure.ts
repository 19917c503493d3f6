import { type AppError, appError } from '#contract/errors.ts';

type KeychainCode = 'KEYCHAIN_LOCKED' | 'KEYCHAIN_UNAVAILABLE' | 'SECRET_TOO_LONG';

/**
 * What the operating systems' keychains say, and what it means. The wording is libsecret's and
 * GDBus' on Linux, Security.framework's on macOS, the credential manager's on Windows.
 */
const meanings: readonly { readonly pattern: RegExp; readonly code: KeychainCode; readonly detail: string }[] = [
  {
    pattern: /Object does not exist at path .*collection|is locked|locked collection|prompt was dismissed|IsLocked/i,
    code: 'KEYCHAIN_LOCKED',
    detail: 'The login keyring is locked, or there is none yet.',
  },
  {
    pattern: /User interaction is not allowed|user cancell?ed|passphrase you entered is not correct|authorization was denied/i,
    code: 'KEYCHAIN_LOCKED',
    detail: 'The keychain did not let Sluice in.',
  },
  {
    // libsecret goes on speaking to the service it first found, by its name on the bus, until the process ends.
    pattern: /The name :[\d.]+ was not provided|session wrapping the secret does not exist/,
    code: 'KEYCHAIN_UNAVAILABLE',
    detail: 'The keyring service was restarted. Restart Sluice to reach it again.',
  },
  {
    pattern: /autolaunch D-Bus|dbus-launch|DBUS_SESSION_BUS_ADDRESS|Could not connect|Connection refused|connection is closed/i,
    code: 'KEYCHAIN_UNAVAILABLE',
    detail: 'No session bus (D-Bus) is running here.',
  },
  {
    pattern:
      /not provided by any \.service files|ServiceUnknown|StartServiceByName|Process org\.freedesktop\.secrets exited|NameHasNoOwner/i,
    code: 'KEYCHAIN_UNAVAILABLE',
    detail: 'No keyring service (such as gnome-keyring or KWallet) is running here.',
  },
  {
    pattern: /libsecret-1\.so|libsecret/i,
    code: 'KEYCHAIN_UNAVAILABLE',
    detail: 'The library libsecret is missing. On Debian and Ubuntu: apt install libsecret-1-0.',
  },
  {
    pattern: /Cannot find (module|package)|keytar\.node|ERR_DLOPEN_FAILED|was compiled against a different|invalid ELF/i,
    code: 'KEYCHAIN_UNAVAILABLE',
    detail: 'The keychain module (keytar) is not installed or not built for this machine.',
  },
  { pattern: /stub received bad data/i, code: 'SECRET_TOO_LONG', detail: 'The keychain takes no entry of this size.' },
];

/** Turns whatever the keychain threw into a value. The raw text is kept as `cause`: keychains quote names, never secrets. */
export function keychainFailure(thrown: unknown): AppError {
  const cause = (thrown instanceof Error ? thrown.message : String(thrown)).slice(0, 300);
  const meaning = meanings.find(({ pattern }) => pattern.test(cause));
  return meaning ? appError(meaning.code, { detail: meaning.detail, cause }) : appError('KEYCHAIN_FAILED', { detail: cause, cause });
}
