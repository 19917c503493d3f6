/** What a restore did, or would do, for the person who asked for it. */
import type { DuplicatePreview } from './preview.ts';
import type { TakenOver } from './renew-documents.ts';
import type { RestoreOutcome } from './restore.ts';

const count = (value: number) => value.toLocaleString('en-US');
const time = (at: number) =>
  new Date(at)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC');
const mb = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(1)} MB`;

export function restoreText(outcome: RestoreOutcome): string {
  const { backup, dataFolder, incarnation, aside, isThereAlready } = outcome;
  if (isThereAlready) return `${dataFolder} is a restore of ${backup.id} already: left as it is. --again restores it once more.\n`;
  const done = incarnation !== null;
  const lines = [
    `${done ? 'Restored' : 'Would restore'} ${backup.id} into ${dataFolder}`,
    `  taken ${time(backup.at)}, ${backup.environment}, up to event ${count(backup.head)}, ${backup.files} files, ${mb(backup.bytes)}`,
    `  proved: checksums, ${outcome.proof.balanced} of ${outcome.proof.ledgers} ledgers balance, audit ${outcome.proof.auditIntact ? 'intact' : 'BROKEN'}`,
    ...(done ? [`  incarnation ${incarnation}; what was there is in ${aside}`] : []),
    ...oldLines(outcome),
    ...documentLines('Taken over from the old disk', outcome.documents.taken),
    ...documentLines('Newer on the old disk, and not taken over', outcome.documents.left),
    '',
    ...duplicateLines(outcome.duplicates),
    '',
    done
      ? `Every lane is parked (${(outcome.durationMs / 1000).toFixed(1)} s). Open them one by one: sluice open <destination>`
      : 'Nothing was changed.',
  ];
  return `${lines.join('\n')}\n`;
}

function oldLines({ old, lostEvents, people }: RestoreOutcome): readonly string[] {
  const lines: string[] = [];
  if (!old.documents && !old.lanes)
    lines.push('The old disk cannot be read: what was stopped, erased or opted out of since the backup is not known here.');
  else if (!old.isSameGateway) lines.push('The data folder belonged to another gateway: nothing of it is taken over.');
  for (const { file, why } of old.unreadable) lines.push(`  ${file} of the old disk cannot be read: ${why}`);
  if (lostEvents !== null && lostEvents > 0)
    lines.push(`${count(lostEvents)} events came after the backup. They are only on the old disk.`);
  if (people !== null && people > 0) lines.push(`Consent or suppression of ${count(people)} people was newer there, and is taken over.`);
  return lines;
}

function documentLines(title: string, documents: readonly TakenOver[]): readonly string[] {
  if (documents.length === 0) return [];
  const shown = documents
    .slice(0, 20)
    .map(({ kind, id, mode, by, at }) => `  ${kind} ${id}${mode ? `: ${mode}` : ''}, ${time(at)} by ${by}`);
  const more = documents.length - shown.length;
  return [`${title}:`, ...shown, ...(more > 0 ? [`  and ${more} more`] : [])];
}

function duplicateLines(duplicates: readonly DuplicatePreview[]): readonly string[] {
  if (duplicates.length === 0) return ['No destination has anything open.'];
  return ['Opening the lanes sends, and sends again:', ...duplicates.map(duplicateLine)];
}

function duplicateLine(preview: DuplicatePreview): string {
  const { destination, open, repeated, isKnown, recognised, doubled, tooOld } = preview;
  const again =
    repeated === 0
      ? 'none of it again'
      : `${isKnown ? '' : 'up to '}${count(repeated)} again (${count(recognised)} the vendor recognises, ${count(doubled)} count twice)`;
  return `  ${destination}: ${count(open)} open, ${again}${tooOld > 0 ? `, ${count(tooOld)} older than it takes` : ''}`;
}
