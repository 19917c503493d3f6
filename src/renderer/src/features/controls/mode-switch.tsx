import { IconPlayerPauseFilled, IconPlayerPlayFilled, IconTrashX } from '@tabler/icons-react';
import type { ReactElement } from 'react';
import { useStore } from 'zustand';
import { type SwitchMode, type SwitchScope, scopeId } from '#contract/documents/switch.ts';
import { actingStore, parkScope } from '#renderer/frame/acting.tsx';
import { requestOverlay } from '#renderer/frame/overlays.ts';
import classes from './controls.module.css';

const positions: readonly {
  readonly mode: SwitchMode;
  readonly word: string;
  readonly icon: ReactElement;
  readonly act: (name: string) => string;
}[] = [
  { mode: 'flow', word: 'Flow', icon: <IconPlayerPlayFilled size={11} aria-hidden="true" />, act: (name) => `Open ${name}…` },
  {
    mode: 'park',
    word: 'Park',
    icon: <IconPlayerPauseFilled size={11} aria-hidden="true" />,
    act: (name) => `Park ${name}: holds events, loses none`,
  },
  { mode: 'drop', word: 'Drop', icon: <IconTrashX size={12} aria-hidden="true" />, act: (name) => `Drop events of ${name}…` },
];

/** Puts a scope into a mode the way each deserves: park at once, flow and drop through their dialogs. */
function move(scope: SwitchScope, mode: SwitchMode): void {
  if (mode === 'flow') requestOverlay({ type: 'open', scope });
  else if (mode === 'drop') requestOverlay({ type: 'drop', scope });
  else if (scope.type === 'everything') requestOverlay({ type: 'park-everything' });
  else void parkScope(scope);
}

/** The kill switch of a scope: three positions, the one in force lit. */
export function ModeSwitch({ scope, name, mode }: { readonly scope: SwitchScope; readonly name: string; readonly mode: SwitchMode }) {
  const isBusy = useStore(actingStore, (state) => state.busy.has(scopeId(scope)));
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset draws a frame of its own
    <div className={classes.mode} role="group" aria-label={`Switch of ${name}`}>
      {positions.map((position) => {
        const isOn = position.mode === mode;
        return (
          <button
            key={position.mode}
            type="button"
            className={classes.position}
            data-mode={position.mode}
            aria-pressed={isOn}
            disabled={isBusy}
            title={isOn ? `${name}: ${position.word.toLowerCase()} is in force` : position.act(name)}
            onClick={() => {
              if (!isOn) move(scope, position.mode);
            }}
          >
            {position.icon}
            {position.word}
          </button>
        );
      })}
    </div>
  );
}
