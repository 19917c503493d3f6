import { useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { AuditEntry } from '#contract/operations/system.ts';
import { documentStore } from '#renderer/client/documents.ts';
import { useQuery } from '#renderer/client/use-query.ts';
import { AuditLine } from '#renderer/frame/audit-line.tsx';
import { Loading } from '#renderer/frame/loading.tsx';
import { preferencesStore, setPreferences } from '#renderer/frame/preferences.ts';
import { href } from '#renderer/frame/router.ts';
import { Panel } from '#renderer/ui/panel.tsx';
import { ErrorState } from '#renderer/ui/placeholders.tsx';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import classes from './now.module.css';

/** When this view was last left, as it stood when it was opened. Leaving notes the moment. */
function useLastSeen(): number {
  const [lastSeenAt] = useState(() => preferencesStore.getState().lastSeenAt);
  useEffect(() => {
    const note = () => setPreferences({ lastSeenAt: Date.now() });
    window.addEventListener('pagehide', note);
    return () => {
      window.removeEventListener('pagehide', note);
      note();
    };
  }, []);
  return lastSeenAt;
}

/** Happens at each start, or changes nothing; the whole trail has them. */
const routine: ReadonlySet<string> = new Set(['credential.check', 'credential.provide']);

/** What people, timers and the gateway itself changed, newest first, with a line where you last looked. */
export function RecentChanges() {
  const { data, error, isLoading, reload } = useQuery('audit.list', { limit: 40 }, { refreshMs: 10_000 });
  const recent = useStore(documentStore, (state) => state.recent);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a change asks again
  useEffect(() => reload(), [recent, reload]);
  const lastSeenAt = useLastSeen();
  const entries = useMemo(() => (data?.entries ?? []).filter((entry) => !routine.has(entry.action)), [data]);
  const fresh = entries.filter((entry) => entry.at > lastSeenAt);
  const older = entries.filter((entry) => entry.at <= lastSeenAt).slice(0, Math.max(5, 25 - fresh.length));
  return (
    <Panel
      title={lastSeenAt === 0 ? 'Changes' : 'Since you last looked'}
      note={lastSeenAt === 0 ? 'newest first' : undefined}
      actions={
        <a className={classes.all} href={href('/system/audit')}>
          Whole audit trail
        </a>
      }
      isFlush
    >
      {data === null ? (
        error !== null ? (
          <ErrorState error={error} onRetry={reload} />
        ) : isLoading ? (
          <Loading rows={6} label="the changes" />
        ) : null
      ) : (
        <ol className={classes.feed}>
          {fresh.length === 0 && lastSeenAt > 0 ? <li className={classes.nothing}>Nobody changed anything.</li> : null}
          {fresh.map((entry) => (
            <Entry key={entry.seq} entry={entry} />
          ))}
          {older.length > 0 && lastSeenAt > 0 ? (
            <li className={classes.divider}>
              <span>
                you last looked <TimeAgo at={lastSeenAt} />
              </span>
            </li>
          ) : null}
          {older.map((entry) => (
            <Entry key={entry.seq} entry={entry} isOld />
          ))}
          {entries.length === 0 ? <li className={classes.nothing}>Nothing was changed yet.</li> : null}
        </ol>
      )}
    </Panel>
  );
}

function Entry({ entry, isOld = false }: { readonly entry: AuditEntry; readonly isOld?: boolean }) {
  return (
    <li className={classes.entry} data-old={isOld || undefined}>
      <span className={classes.when}>
        <TimeAgo at={entry.at} style="rough" />
      </span>
      <span className={classes.what}>
        <strong>{entry.by}</strong> <AuditLine entry={entry} />
        {entry.reason === '' || entry.action === 'config.apply' ? null : <span className={classes.reason}>{entry.reason}</span>}
      </span>
    </li>
  );
}
