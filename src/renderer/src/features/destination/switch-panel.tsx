import { IconPlayerPauseFilled, IconPlayerPlayFilled } from '@tabler/icons-react';
import { useStore } from 'zustand';
import { useDestinationName, useDocument } from '#renderer/client/documents.ts';
import { actingStore, parkScope } from '#renderer/frame/acting.tsx';
import { requestOverlay } from '#renderer/frame/overlays.ts';
import { useDestinationLive } from '#renderer/streams/telemetry.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import { ProofPanel } from '#renderer/ui/proof-panel.tsx';
import { absolute } from '#renderer/ui/time.ts';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import classes from './destination.module.css';

/** The act that the switch offers now: park at once, or open through its dialog. */
export function SwitchAct({ id, isFirst = false }: { readonly id: string; readonly isFirst?: boolean }) {
  const name = useDestinationName(id);
  const state = useDestinationLive(id)?.state ?? 'none';
  const isBusy = useStore(actingStore, (acting) => acting.busy.has(`destination:${id}`));
  const scope = { type: 'destination', destination: id } as const;
  const isStopped = state === 'parked' || state === 'dropping';
  const first = isFirst ? { 'data-first-act': true } : {};
  if (state === 'off') return null;
  return isStopped ? (
    <Button
      {...first}
      look="primary"
      isBusy={isBusy}
      icon={<IconPlayerPlayFilled size={12} />}
      onClick={() => requestOverlay({ type: 'open', scope })}
    >
      Open {name}…
    </Button>
  ) : (
    <Button {...first} isBusy={isBusy} icon={<IconPlayerPauseFilled size={12} />} onClick={() => void parkScope(scope)}>
      Park {name}
    </Button>
  );
}

const modeWords = { flow: 'Flowing', park: 'Parked', drop: 'Dropping', divert: 'Diverted', sample: 'Sampled' } as const;

/** Who holds it, why, since when, until when, and the proof that it holds. */
export function SwitchPanel({ id }: { readonly id: string }) {
  const document = useDocument('switch', `destination:${id}`);
  const live = useDestinationLive(id);
  const proof = useStore(actingStore, (acting) => acting.proofs.get(`destination:${id}`));
  const mode = document?.value?.mode ?? 'flow';
  const scope = { type: 'destination', destination: id } as const;
  return (
    <Panel
      title="Switch"
      actions={
        mode === 'drop' ? undefined : (
          <Button size="small" look="quiet" onClick={() => requestOverlay({ type: 'drop', scope })}>
            Drop its events…
          </Button>
        )
      }
    >
      <div className={classes.stack}>
        <p>
          {modeWords[mode]}
          {document === undefined ? (
            <span className={classes.quiet}> since it was created</span>
          ) : (
            <span className={classes.quiet}>
              {' '}
              by {document.by}, <TimeAgo at={document.at} />
              {document.value?.until == null ? '' : `; opens by itself ${absolute(document.value.until)}`}
            </span>
          )}
        </p>
        {document === undefined || document.reason === '' ? null : <p className={classes.reason}>{document.reason}</p>}
        {live !== undefined && live.tick.desired !== 'flow' && mode === 'flow' ? (
          <p className={classes.reason}>A wider switch holds it: {live.tick.why}</p>
        ) : null}
        {proof === undefined ? null : <ProofPanel proof={proof} />}
      </div>
    </Panel>
  );
}
