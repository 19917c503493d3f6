import type { ErrorEntry } from './entry.ts';

/** Backups, restores and migrations. */
export const backupErrors = {
  BACKUP_NO_FOLDER: {
    status: 409,
    retryable: false,
    message: 'No backup folder is set.',
    action: 'Set backup.folder in the settings, best to a folder on another disk.',
  },
  BACKUP_BUSY: {
    status: 409,
    retryable: true,
    message: 'A backup, a check or a drill is going on.',
    action: 'Wait until it has ended; backup.progress shows how far it is.',
  },
  BACKUP_UNKNOWN: {
    status: 404,
    retryable: false,
    message: 'There is no such complete backup.',
    action: 'See backup.list for what there is.',
  },
  BACKUP_FAILED: {
    status: 507,
    retryable: true,
    message: 'The backup could not be written. Nothing else is affected, and earlier backups are as they were.',
    action: 'Make room in the backup folder, or mount its disk again; see details.',
  },
  BACKUP_DAMAGED: {
    status: 422,
    retryable: false,
    message: 'This backup is damaged or unfinished.',
    action: 'Use another one. Nothing was changed.',
  },
  BACKUP_AMBIGUOUS: {
    status: 409,
    retryable: false,
    message: 'This folder holds backups of more than one gateway.',
    action: 'Name the folder of one backup; see details.',
  },
  BACKUP_DRILL_FAILED: {
    status: 500,
    retryable: true,
    message: 'The drill could not be carried out.',
    action: 'See details; a drill needs as much room in the folder for temporary files as the backup is large.',
  },
  RESTORE_NO_ROOM: {
    status: 507,
    retryable: false,
    message: 'There is not enough room to restore: what is there now is kept beside it.',
    action: 'Make room, or restore into a folder on another disk. Nothing was changed.',
  },
  RESTORE_FAILED: {
    status: 500,
    retryable: true,
    message: 'The backup could not be restored.',
    action: 'See details. The data folder is as it was.',
  },
  DATA_MIXED: {
    status: 409,
    retryable: false,
    message: 'The files in the data folder do not belong together: they come from before and after a restore.',
    action: 'Put back the files that were moved, or restore a backup as a whole.',
  },
  DATA_MIGRATION_FAILED: {
    status: 500,
    retryable: false,
    message: 'A database could not be brought to the form that this version needs. It was left as it was.',
    action: 'Start the former version again, and report this. sluice migrate --dry-run tries it on a copy.',
  },
} as const satisfies Record<string, ErrorEntry>;
