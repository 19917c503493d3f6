import { IconAdjustmentsPause } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useStore } from 'zustand';
import { documentStore, useDocuments } from '#renderer/client/documents.ts';
import { Loading } from '#renderer/frame/loading.tsx';
import { requestOverlay } from '#renderer/frame/overlays.ts';
import { useRoute } from '#renderer/frame/router.ts';
import { groupsOf, inForce } from '#renderer/frame/scopes.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Page } from '#renderer/ui/page.tsx';
import { EmptyState } from '#renderer/ui/placeholders.tsx';
import { SwitchChanges } from './changes.tsx';
import classes from './controls.module.css';
import { InForce } from './in-force.tsx';
import { ScopeInspector } from './scope-inspector.tsx';
import { ScopeTable } from './scope-table.tsx';

/** All kill switches: what is in force first, then every scope with its switch, then who changed what. */
export function Controls() {
  const switches = useDocuments('switch');
  const destinations = useDocuments('destination');
  const sources = useDocuments('source');
  const isLoaded = useStore(documentStore, (state) => state.isLoaded);
  const inspected = useRoute((route) => route.query.inspect);
  const groups = useMemo(() => groupsOf({ switches, destinations, sources }), [switches, destinations, sources]);
  const stopped = inForce(groups);
  const all = [groups.everything, ...groups.destinations, ...groups.sources, ...groups.events];
  const selected = all.find((row) => row.id === inspected);
  if (!isLoaded) return <Loading rows={8} label="the switches" />;
  if (destinations.length === 0 && sources.length === 0 && switches.length === 0) return <NothingToSwitch />;
  return (
    <div className={classes.split}>
      <Page>
        <div className={classes.layout} data-inspecting={selected !== undefined || undefined}>
          <div className={classes.force}>
            <InForce rows={stopped} />
          </div>
          <div className={classes.tables}>
            <ScopeTable title="Destinations" rows={groups.destinations} empty="No destination yet." />
            <ScopeTable
              title="Sources"
              note="stops what a source sends, at every destination"
              rows={groups.sources}
              empty="No source yet."
            />
            <ScopeTable
              title="Event names"
              note="listed once they have a switch"
              rows={groups.events}
              empty="No event name has a switch. Set one with “Set a switch…”."
            />
            <SwitchChanges />
          </div>
        </div>
      </Page>
      {selected === undefined ? null : <ScopeInspector key={selected.id} row={selected} />}
    </div>
  );
}

function NothingToSwitch() {
  return (
    <EmptyState
      title="Nothing to switch yet"
      icon={<IconAdjustmentsPause size={20} stroke={1.6} />}
      action={
        <Button look="primary" onClick={() => requestOverlay({ type: 'destination' })}>
          Add a destination…
        </Button>
      }
      command="sluice park <destination>"
    >
      Each destination, source and event name gets a switch here. The command line and the hold file work even when this console does not.
    </EmptyState>
  );
}
