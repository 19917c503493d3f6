import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { IconButton } from './button.tsx';
import classes from './command-line.module.css';

/** A button that copies `text` and says so for two seconds. */
export function CopyButton({ text, label = 'Copy' }: { readonly text: string | (() => string); readonly label?: string }) {
  const [isCopied, setIsCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setIsCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = async () => {
    await navigator.clipboard.writeText(typeof text === 'string' ? text : text());
    setIsCopied(true);
  };
  return (
    <IconButton
      size="small"
      label={isCopied ? 'Copied' : label}
      icon={isCopied ? <IconCheck size={14} /> : <IconCopy size={14} />}
      onClick={() => void copy().catch(() => setIsCopied(false))}
    />
  );
}

/** A command to copy and run in a terminal. */
export function CommandLine({ command }: { readonly command: string }) {
  return (
    <div className={classes.line}>
      <span className={classes.prompt} aria-hidden="true">
        $
      </span>
      <code className={classes.command}>{command}</code>
      <CopyButton text={command} label="Copy the command" />
    </div>
  );
}

/** An id in the mono face, cut in the middle where it is long, whole on hover and when copied. */
export function Id({ value, keep = 14 }: { readonly value: string; readonly keep?: number }) {
  const shown = value.length <= keep + 1 ? value : `${value.slice(0, Math.ceil(keep * 0.6))}…${value.slice(-Math.floor(keep * 0.4))}`;
  return (
    <code className={classes.id} title={value}>
      {shown}
    </code>
  );
}
