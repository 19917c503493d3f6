import type { ErrorEntry } from './entry.ts';

/** Credentials, the gateway's key and the keychain. */
export const credentialErrors = {
  CREDENTIAL_MISSING: {
    status: 409,
    retryable: false,
    message: 'This destination has no credential.',
    action: 'Add it under Credentials.',
  },
  CREDENTIAL_ORIGIN_CHANGED: {
    status: 409,
    retryable: false,
    message: 'The credential was bound to another address.',
    action: 'An admin must bind it again.',
  },
  CREDENTIAL_SEAL_INVALID: {
    status: 400,
    retryable: false,
    message: 'The sealed credential could not be opened.',
    action: 'Check that the gateway key shown is the one you pinned.',
  },
  GATEWAY_KEY_CHANGED: {
    status: 409,
    retryable: false,
    message: 'The gateway shows another key than the one you pinned.',
    action: 'If somebody replaced its key, remove the environment here and add it again; otherwise do not trust it.',
  },
  GATEWAY_KEY_UNUSABLE: {
    status: 500,
    retryable: false,
    message: 'The private key of the gateway cannot be used.',
    action: 'It must be 32 bytes in base64, in a file that only its owner can read.',
  },
  SECRET_TOO_LONG: { status: 400, retryable: false, message: 'The secret is too long.', action: 'At most 32 KB are accepted.' },
  SECRET_EMPTY: { status: 400, retryable: false, message: 'The secret is empty.', action: 'Paste the credential from the vendor.' },
  KEYCHAIN_LOCKED: {
    status: 423,
    retryable: true,
    message: 'The keychain is locked.',
    action: 'Unlock it, then try again. The secret is kept for this session only.',
  },
  KEYCHAIN_UNAVAILABLE: {
    status: 503,
    retryable: false,
    message: 'There is no keychain on this machine.',
    action: 'Secrets are kept for this session only and asked for again after a restart.',
  },
  KEYCHAIN_WAITING: {
    status: 504,
    retryable: true,
    message: 'The keychain is waiting for you.',
    action: 'Look for its dialog, answer it, then try again.',
  },
  KEYCHAIN_FAILED: { status: 500, retryable: true, message: 'The keychain refused.', action: 'See details; try again.' },
} as const satisfies Record<string, ErrorEntry>;
