import { useRef, useState } from 'react';
import { useStore } from 'zustand';
import { documentStore } from '#renderer/client/documents.ts';
import { Loading } from '#renderer/frame/loading.tsx';
import { requestOverlay } from '#renderer/frame/overlays.ts';
import { href } from '#renderer/frame/router.ts';
import type { ScopeRow } from '#renderer/frame/scopes.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Columns, Page, ViewFrame } from '#renderer/ui/page.tsx';
import { Panel, ViewHeader } from '#renderer/ui/panel.tsx';
import { counted } from '#renderer/ui/quantity.ts';
import { StatusMark } from '#renderer/ui/status-mark.tsx';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import { RecentChanges } from './changes.tsx';
import { GettingStarted } from './getting-started.tsx';
import { freeOrder, type Held, holdOrder } from './hold-order.ts';
import { NeedCard } from './need-card.tsx';
import type { Need } from './needs.ts';
import classes from './now.module.css';
import { KeyNumbers } from './numbers.tsx';
import { useNeeds } from './use-needs.ts';

/** What needs a person, what stands still on purpose, and what changed since you last looked. */
export function Now() {
  const isLoaded = useStore(documentStore, (state) => state.isLoaded);
  const { needs, calmStops } = useNeeds();
  return (
    <ViewFrame>
      <ViewHeader
        title="Now"
        note={
          !isLoaded
            ? undefined
            : needs.length === 0
              ? 'nothing needs you'
              : `${counted(needs.length, 'thing')} ${needs.length === 1 ? 'needs' : 'need'} a person`
        }
      />
      {isLoaded ? (
        <Page>
          <GettingStarted />
          <KeyNumbers />
          <Columns shape="main">
            <div className={classes.left}>
              <NeedsYou needs={needs} />
              {calmStops.length === 0 ? null : <OnPurpose rows={calmStops} />}
            </div>
            <RecentChanges />
          </Columns>
        </Page>
      ) : (
        <Loading rows={8} label="what goes on" />
      )}
    </ViewFrame>
  );
}

function NeedsYou({ needs }: { readonly needs: readonly Need[] }) {
  const hasDestinations = useStore(documentStore, (state) => state.byKind.destination.size > 0);
  return (
    <Panel
      title={needs.length === 0 ? 'Needs you' : `Needs you · ${needs.length}`}
      note={needs.length === 0 ? undefined : 'worst first'}
      isFlush
    >
      {needs.length === 0 ? (
        <div className={classes.quietState}>
          <StatusMark state="healthy" size={20} />
          <div>
            <p className={classes.quietTitle}>All quiet</p>
            <p className={classes.text}>
              {hasDestinations
                ? 'Every destination is healthy, idle or stopped on purpose. The ledger balances.'
                : 'There is no destination yet, so nothing can fail.'}
            </p>
          </div>
        </div>
      ) : (
        <HeldList needs={needs} />
      )}
    </Panel>
  );
}

/** The cards keep their places while the pointer or the focus is among them: what you are about to press must not move. */
function HeldList({ needs }: { readonly needs: readonly Need[] }) {
  const [isHeld, setIsHeld] = useState(false);
  const shown = useRef<readonly Held<Need>[]>([]);
  shown.current = isHeld ? holdOrder(shown.current, needs) : freeOrder(needs);
  return (
    <ul
      className={classes.needs}
      onPointerEnter={() => setIsHeld(true)}
      onPointerLeave={() => setIsHeld(false)}
      onFocus={() => setIsHeld(true)}
      onBlur={() => setIsHeld(false)}
    >
      {shown.current.map(({ item, isGone }, index) => (
        <NeedCard key={item.id} need={item} isFirst={index === 0} isGone={isGone} />
      ))}
    </ul>
  );
}

function OnPurpose({ rows }: { readonly rows: readonly ScopeRow[] }) {
  return (
    <Panel
      title={`Parked on purpose · ${rows.length}`}
      note="after 4 h it asks whether that is still wanted"
      actions={
        <a className={classes.all} href={href('/controls')}>
          All controls
        </a>
      }
      isFlush
    >
      <ul className={classes.needs}>
        {rows.map((row) => (
          <li key={row.id} className={classes.stop}>
            <StatusMark state="parked" label="Parked" />
            <span className={classes.title}>{row.name}</span>
            <span className={classes.text}>
              {row.set === null ? null : (
                <>
                  <TimeAgo at={row.set.at} /> by {row.set.by}
                  {row.set.reason === '' ? '' : `: ${row.set.reason}`}
                </>
              )}
            </span>
            <Button size="small" onClick={() => requestOverlay({ type: 'open', scope: row.scope })}>
              Open…
            </Button>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
