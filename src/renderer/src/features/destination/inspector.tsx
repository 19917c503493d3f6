import { IconArrowsDiagonal } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useDestinationName } from '#renderer/client/documents.ts';
import { navigate, setQuery } from '#renderer/frame/router.ts';
import { useDestinationLive } from '#renderer/streams/telemetry.ts';
import { IconButton } from '#renderer/ui/button.tsx';
import { Inspector } from '#renderer/ui/inspector.tsx';
import { stateLooks } from '#renderer/ui/state.ts';
import { StatusMark } from '#renderer/ui/status-mark.tsx';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import { Claim } from './claim.tsx';
import classes from './destination.module.css';
import { LedgerPanel } from './ledger.tsx';
import { DestinationStats } from './stats.tsx';
import { SwitchHistory } from './switch-history.tsx';
import { SwitchAct, SwitchPanel } from './switch-panel.tsx';
import { VerdictLine } from './verdict-panel.tsx';

/** A destination beside the board: enough to decide and to act. `charts` may come later than what one acts with. */
export function DestinationInspector({ id, charts }: { readonly id: string; readonly charts: ReactNode }) {
  const name = useDestinationName(id);
  const live = useDestinationLive(id);
  const state = live?.state ?? 'none';
  const close = () => setQuery({ inspect: '' });
  return (
    <Inspector
      subject={name}
      onClose={close}
      title={
        <span className={classes.inspectorTitle}>
          <StatusMark state={state} size={14} label={stateLooks[state].word} /> {name}
        </span>
      }
      actions={
        <IconButton
          size="small"
          label={`Open the page of ${name}`}
          icon={<IconArrowsDiagonal size={16} stroke={1.6} />}
          onClick={() => navigate(`/destinations/${id}`)}
        />
      }
    >
      <div className={classes.inspector}>
        <div className={classes.acts}>
          <SwitchAct id={id} isFirst />
          <Claim id={id} />
        </div>
        <p>
          {stateLooks[state].word}
          {live === undefined ? null : (
            <span className={classes.quiet}>
              {' '}
              for <TimeAgo at={live.tick.since} style="fine" />
            </span>
          )}
          {live === undefined || live.tick.why === '' ? null : <span className={classes.reason}>{live.tick.why}</span>}
        </p>
        <VerdictLine id={id} />
        <SwitchPanel id={id} />
        <DestinationStats id={id} />
        {charts}
        <LedgerPanel id={id} />
        <SwitchHistory id={id} />
      </div>
    </Inspector>
  );
}
