import { IconMailOff } from '@tabler/icons-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import { documentStore } from '#renderer/client/documents.ts';
import { useQuery } from '#renderer/client/use-query.ts';
import { Loading } from '#renderer/frame/loading.tsx';
import { navigate, useRoute } from '#renderer/frame/router.ts';
import { useCalmTelemetry } from '#renderer/streams/telemetry.ts';
import { Page } from '#renderer/ui/page.tsx';
import { EmptyState } from '#renderer/ui/placeholders.tsx';
import { DeadLanes } from './dead-lanes.tsx';
import { LetterInspector } from './letter-inspector.tsx';
import { Letters } from './letters.tsx';
import classes from './recovery.module.css';
import { type ReplayAsk, ReplayDialog } from './replay-dialog.tsx';
import { Replays } from './replays.tsx';

/** What destinations did not take: found, looked at, put right, given anew; and how far that is. */
export function DeadLetters() {
  const isLoaded = useStore(documentStore, (state) => state.isLoaded);
  const ticks = useCalmTelemetry();
  const wanted = useRoute((route) => route.segments[2] ?? '');
  const [inspected, setInspected] = useState<number | null>(null);
  const [asking, setAsking] = useState<ReplayAsk | null>(null);
  const [turn, setTurn] = useState(0);
  const replays = useQuery('replay.list', {}, { refreshMs: 1000 });
  const lanes = [...ticks.destinations.values()].map(({ tick }) => tick).sort((a, b) => b.dead - a.dead || a.id.localeCompare(b.id));
  const destination = wanted === '' ? (lanes[0]?.id ?? '') : wanted;
  const done = () => {
    replays.reload();
    setTurn((before) => before + 1);
  };
  if (!isLoaded) return <Loading rows={8} label="the dead letters" />;
  if (destination === '') {
    return (
      <EmptyState icon={<IconMailOff size={20} stroke={1.6} />} title="No destination, no dead letters">
        What a destination will not take as it is, or did not take in all its attempts, is kept here until a person decides.
      </EmptyState>
    );
  }
  return (
    <div className={classes.split}>
      <Page>
        <Replays query={replays} onChange={done} />
        <div className={classes.browser}>
          <DeadLanes
            lanes={lanes}
            current={destination}
            onChoose={(id) => {
              setInspected(null);
              navigate(`/flow/dead-letters/${id}`, { replace: true });
            }}
          />
          <Letters
            key={destination}
            destination={destination}
            inspected={inspected}
            turn={turn}
            onInspect={setInspected}
            onReplay={setAsking}
            onChange={done}
          />
        </div>
      </Page>
      {inspected === null ? null : (
        <LetterInspector
          key={`${destination} ${inspected}`}
          destination={destination}
          seq={inspected}
          onClose={() => setInspected(null)}
          onReplay={setAsking}
          onChange={done}
        />
      )}
      {asking === null ? null : <ReplayDialog ask={asking} onClose={() => setAsking(null)} onDone={done} />}
    </div>
  );
}
