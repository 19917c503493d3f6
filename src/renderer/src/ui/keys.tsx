import classes from './keys.module.css';

const isMac = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.platform);

const arrows: Readonly<Record<string, string>> = { arrowleft: '←', arrowright: '→', arrowup: '↑', arrowdown: '↓' };

/** How keys are written on this machine: `mod+k` is `⌘ K` or `Ctrl K`; `g d` is a sequence. */
export function keyCaps(keys: string): readonly string[] {
  return keys.split(/[+ ]/).map((key) => {
    if (key === 'mod') return isMac ? '⌘' : 'Ctrl';
    if (key === 'shift') return isMac ? '⇧' : 'Shift';
    if (key === 'alt') return isMac ? '⌥' : 'Alt';
    const arrow = arrows[key];
    if (arrow !== undefined) return arrow;
    return key.length === 1 ? key.toUpperCase() : key.charAt(0).toUpperCase() + key.slice(1);
  });
}

/** Key caps for a shortcut such as `mod+k` or `g d`. */
export function Keys({ keys }: { readonly keys: string }) {
  return (
    <span className={classes.keys}>
      {keyCaps(keys).map((cap, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: caps may repeat and never move
        <kbd key={index} className={classes.cap}>
          {cap}
        </kbd>
      ))}
    </span>
  );
}

/** One line of hints: keys and what they do. */
export function KeyHints({ hints }: { readonly hints: readonly { readonly keys: string; readonly does: string }[] }) {
  return (
    <p className={classes.hints}>
      {hints.map((hint) => (
        <span key={hint.keys} className={classes.hint}>
          <Keys keys={hint.keys} /> {hint.does}
        </span>
      ))}
    </p>
  );
}
