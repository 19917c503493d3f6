import { IconRotate2 } from '@tabler/icons-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import { closeOverlay, requestStore } from '#renderer/frame/overlays.ts';
import { setPreferences, usePreference } from '#renderer/frame/preferences.ts';
import { pressText, type Shortcut, shortcutStore } from '#renderer/frame/shortcuts.ts';
import { Button, IconButton } from '#renderer/ui/button.tsx';
import { Dialog } from '#renderer/ui/dialog.tsx';
import { Keys } from '#renderer/ui/keys.tsx';
import classes from './keys-help.module.css';

function Row({ shortcut }: { readonly shortcut: Shortcut }) {
  const changed = usePreference('keys');
  const [isListening, setIsListening] = useState(false);
  const keys = changed[shortcut.id] ?? shortcut.keys;
  const assign = (value: string | undefined) => {
    const { [shortcut.id]: _, ...others } = changed;
    setPreferences({ keys: value === undefined ? others : { ...others, [shortcut.id]: value } });
    setIsListening(false);
  };
  return (
    <li className={classes.row}>
      <span>{shortcut.title}</span>
      {changed[shortcut.id] === undefined ? null : (
        <IconButton size="small" label="Back to the built-in keys" icon={<IconRotate2 size={14} />} onClick={() => assign(undefined)} />
      )}
      <Button
        look="quiet"
        size="small"
        onClick={() => setIsListening(true)}
        onBlur={() => setIsListening(false)}
        onKeyDown={(event) => {
          if (!isListening) return;
          event.preventDefault();
          event.stopPropagation();
          const text = pressText(event);
          if (text === 'escape') setIsListening(false);
          else if (text === 'backspace' || text === 'delete') assign('');
          else if (text !== null) assign(text);
        }}
      >
        <span className="visually-hidden">Change the keys of {shortcut.title}: </span>
        {isListening ? 'Press keys…' : keys === '' ? 'off' : <Keys keys={keys} />}
      </Button>
    </li>
  );
}

/** All shortcuts, by group; a press on one changes it, Backspace switches it off. */
export function KeysHelp() {
  const isOpen = useStore(requestStore, (state) => state.request?.type === 'keys');
  const shortcuts = useStore(shortcutStore, (state) => state.shortcuts);
  const hasSingleKeys = usePreference('hasSingleKeys');
  const groups = [...new Set(shortcuts.map((shortcut) => shortcut.group))];
  return (
    <Dialog isOpen={isOpen} onClose={closeOverlay} title="Keys" width={640}>
      <p className={classes.intro}>
        No single key changes the state of anything. Press a shortcut to set other keys; Backspace switches it off.
        <label className={classes.single}>
          <input
            type="checkbox"
            checked={hasSingleKeys}
            onChange={(event) => setPreferences({ hasSingleKeys: event.currentTarget.checked })}
          />{' '}
          Keys without Ctrl or Alt
        </label>
      </p>
      <div className={classes.groups}>
        {groups.map((group) => (
          <section key={group}>
            <h3 className={classes.group}>{group}</h3>
            <ul>
              {shortcuts
                .filter((shortcut) => shortcut.group === group)
                .map((shortcut) => (
                  <Row key={shortcut.id} shortcut={shortcut} />
                ))}
            </ul>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
