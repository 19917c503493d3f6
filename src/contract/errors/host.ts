import type { ErrorEntry } from './entry.ts';

/** The data folder, ports and the configuration file. */
export const hostErrors = {
  DATA_LOCKED: {
    status: 409,
    retryable: false,
    message: 'Another Sluice is using this data folder.',
    action: 'Stop it, or choose another folder with --data.',
  },
  DATA_CORRUPT: {
    status: 500,
    retryable: false,
    message: 'A database file is damaged.',
    action: 'Restore it from a backup; the file was left as it is.',
  },
  DATA_NEWER: { status: 409, retryable: false, message: 'The data was written by a newer Sluice.', action: 'Update this Sluice.' },
  DATA_READONLY: {
    status: 409,
    retryable: false,
    message: 'The data folder cannot be written.',
    action: 'Check its owner and permissions.',
  },
  PORT_IN_USE: {
    status: 409,
    retryable: false,
    message: 'The port is already in use.',
    action: 'Stop the other program or choose another port.',
  },
  CONFIG_INVALID: {
    status: 400,
    retryable: false,
    message: 'The configuration file has mistakes.',
    action: 'See details; each names its line.',
  },
} as const satisfies Record<string, ErrorEntry>;
