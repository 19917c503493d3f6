import { IconPlugConnectedX } from '@tabler/icons-react';
import { useLink } from '#renderer/client/session.ts';
import { EmptyState, Skeleton } from '#renderer/ui/placeholders.tsx';
import shared from '#renderer/ui/shared.module.css';

/** So many rows have no room for more than a line. */
const fewRows = 5;

/** Stands where something is on its way: rows in its shape. Without a link nothing is on its way, and it says so instead. */
export function Loading({ label, rows = 6 }: { /** What: `the flags`. */ readonly label: string; readonly rows?: number }) {
  const isOffline = useLink(({ phase }) => phase === 'offline' || phase === 'refused');
  if (!isOffline) return <Skeleton rows={rows} label={`Loading ${label}`} />;
  const when = `This shows ${label} once the gateway answers again.`;
  if (rows <= fewRows) return <p className={shared.quiet}>{when}</p>;
  return (
    <EmptyState icon={<IconPlugConnectedX size={20} stroke={1.6} />} title="No gateway to ask">
      {when}
    </EmptyState>
  );
}
