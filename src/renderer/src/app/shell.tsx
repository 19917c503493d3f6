import { Suspense, useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { documentStore } from '#renderer/client/documents.ts';
import { useEnvironment, useLink } from '#renderer/client/session.ts';
import { FirstRun } from '#renderer/features/first-run/first-run.tsx';
import { announceStore } from '#renderer/frame/announce.ts';
import { requestStore } from '#renderer/frame/overlays.ts';
import { navigate, useRoute } from '#renderer/frame/router.ts';
import { closeToast, holdToasts, toastStore } from '#renderer/frame/toasts.ts';
import { CommandLine } from '#renderer/ui/command-line.tsx';
import { LiveRegion } from '#renderer/ui/live-region.tsx';
import { EmptyState, Skeleton } from '#renderer/ui/placeholders.tsx';
import { StatusMark } from '#renderer/ui/status-mark.tsx';
import { ToastStack } from '#renderer/ui/toast.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { KeysHelp } from './keys-help.tsx';
import { OperationDialog } from './operation-dialog.tsx';
import { Palette } from './palette.tsx';
import { Rail } from './rail.tsx';
import classes from './shell.module.css';
import { StatusBar, useLinkWords } from './status-bar.tsx';
import { TopBar } from './top-bar.tsx';
import { overlays, views } from './views.ts';

/** Says what offline means and what still works, while there is no link. */
function OfflineBanner() {
  const phase = useLink((state) => state.phase);
  const error = useLink((state) => state.error);
  const words = useLinkWords();
  // The desk knows more than the link: why an embedded gateway ended, say, down to the line of a configuration file.
  const why = useEnvironment()?.why ?? '';
  if (phase !== 'offline' && phase !== 'refused') return null;
  return (
    <div className={classes.offline} role="alert">
      <StatusMark state="failing" size={14} />
      <p>
        <strong>{words.text}.</strong> {words.ageMs > 0 ? `What you see is ${Math.round(words.ageMs / 1000)} s old. ` : ''}
        {phase === 'offline' && why !== '' ? `${why} ` : ''}
        {phase === 'refused'
          ? (error?.suggestedAction ?? '')
          : 'Nothing can be changed from here; switches stay as they are. Park on the host with'}
      </p>
      {phase === 'refused' ? null : <CommandLine command="sluice park <destination>" />}
    </div>
  );
}

function Messages() {
  const toasts = useStore(toastStore, (state) => state.toasts);
  return <ToastStack toasts={toasts} onClose={closeToast} onHold={() => holdToasts(true)} onRelease={() => holdToasts(false)} />;
}

function Announcements() {
  return <LiveRegion message={useStore(announceStore, (state) => state.message)} />;
}

function Place() {
  const here = useRoute((route) => route.segments[0] ?? '');
  const path = useRoute((route) => route.path);
  const view = views.find((each) => each.id === here);
  const first = views[0]?.id ?? '';
  useEffect(() => {
    if (here === '') navigate(`/${first}`, { replace: true });
  }, [here, first]);
  const isNew = useStore(documentStore, ({ isLoaded, byKind }) => isLoaded && byKind.source.size === 0 && byKind.destination.size === 0);
  if (here === '') return null;
  // System still shows itself: a person may look for the gateway's address or settings first.
  if (isNew && here !== 'system') return <FirstRun />;
  if (view === undefined)
    return <EmptyState title="There is no such place">The address names “{here}”, which this console does not have.</EmptyState>;
  return (
    <ErrorBoundary place={path}>
      <Suspense fallback={<Skeleton />}>
        <view.component />
      </Suspense>
    </ErrorBoundary>
  );
}

/** Mounted from the first request on. */
function Overlays() {
  const isAsked = useStore(requestStore, ({ request }) => request !== null);
  const [isMounted, setMounted] = useState(isAsked);
  if (isAsked && !isMounted) setMounted(true);
  if (!isMounted) return null;
  return Object.entries(overlays).map(([name, Overlay]) => (
    <Suspense key={name}>
      <Overlay />
    </Suspense>
  ));
}

/** The frame: rail, top bar, one view, status bar. A guarded environment tints all of it. */
export function Shell() {
  const here = useRoute((route) => route.segments[0] ?? '');
  const environment = useEnvironment();
  const phase = useLink((state) => state.phase);
  const segments = useRoute((route) => route.segments);
  const view = views.find((each) => each.id === here);
  const hasTimeRange = typeof view?.hasTimeRange === 'function' ? view.hasTimeRange(segments) : (view?.hasTimeRange ?? false);
  return (
    <div
      className={classes.window}
      data-environment={environment?.kind ?? 'embedded'}
      data-stale={phase === 'offline' || phase === 'refused' || undefined}
    >
      <button type="button" className={classes.skip} onClick={skipToMain}>
        Skip to the view
      </button>
      <Rail here={here} />
      <div className={classes.right}>
        <TopBar hasTimeRange={hasTimeRange} />
        <OfflineBanner />
        <main id="main" className={classes.main} tabIndex={-1}>
          <Place />
        </main>
      </div>
      <StatusBar />
      <Messages />
      <Announcements />
      <Palette />
      <KeysHelp />
      <OperationDialog />
      <Overlays />
    </div>
  );
}

function skipToMain(): void {
  document.getElementById('main')?.focus();
}
