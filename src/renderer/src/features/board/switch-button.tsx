import { IconPlayerPauseFilled, IconPlayerPlayFilled } from '@tabler/icons-react';
import type { MarkState } from '#renderer/ui/state.ts';
import classes from './switch-button.module.css';

/** What the switch of a lane does next, from its state. */
export function switchAct(state: MarkState): 'park' | 'open' | 'none' {
  if (state === 'parked' || state === 'dropping') return 'open';
  return state === 'off' ? 'none' : 'park';
}

/** The switch of a row, always in sight. It carries data attributes only: the board acts on what the pointer went down on. */
export function SwitchButton({
  id,
  name,
  state,
  isBusy,
}: {
  readonly id: string;
  readonly name: string;
  readonly state: MarkState;
  readonly isBusy: boolean;
}) {
  const act = switchAct(state);
  if (act === 'none') return <span className={classes.off}>off</span>;
  return (
    <button
      type="button"
      tabIndex={-1}
      className={classes.switch}
      data-act={act}
      data-id={id}
      aria-label={act === 'park' ? `Park ${name}` : `Open ${name}…`}
      aria-busy={isBusy || undefined}
      disabled={isBusy}
    >
      {act === 'park' ? <IconPlayerPauseFilled size={12} aria-hidden="true" /> : <IconPlayerPlayFilled size={12} aria-hidden="true" />}
      {isBusy ? '…' : act === 'park' ? 'Park' : 'Open…'}
    </button>
  );
}
