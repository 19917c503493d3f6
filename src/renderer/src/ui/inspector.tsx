import { IconX } from '@tabler/icons-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { IconButton } from './button.tsx';
import classes from './inspector.module.css';

/**
 * Details at the right of a view, so that the view stays in sight; under 1280 px it overlays.
 * Escape closes it, wherever the focus is. It takes the focus when `subject` changes by keyboard use, never by itself.
 */
export function Inspector({
  title,
  subject,
  actions,
  onClose,
  children,
}: {
  readonly title: ReactNode;
  readonly subject: string;
  readonly actions?: ReactNode;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  const body = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another subject starts at its top
  useEffect(() => {
    // Braces: newer Chromium answers a promise here, which React would take for a cleanup.
    body.current?.scrollTo({ top: 0 });
  }, [subject]);
  const close = useRef(onClose);
  close.current = onClose;
  useEffect(() => {
    // From wherever the focus is: often it is still on the row that was opened.
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !event.defaultPrevented && !isBusyElsewhere(event.target)) close.current();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  return (
    <aside className={classes.inspector} aria-label={`Details of ${subject}`}>
      <header className={classes.head}>
        <div className={classes.title}>{title}</div>
        {actions}
        <IconButton size="small" label="Close details" icon={<IconX size={16} />} onClick={onClose} />
      </header>
      <div ref={body} className={classes.body}>
        {children}
      </div>
    </aside>
  );
}

/** A part of what an inspector shows, below a hairline. */
export function InspectorSection({ title, children }: { readonly title?: ReactNode; readonly children: ReactNode }) {
  return (
    <section className={classes.section}>
      {title === undefined ? null : <h3 className={classes.sectionTitle}>{title}</h3>}
      {children}
    </section>
  );
}

/** Escape means something else there: a dialog closes, what was typed is given up. */
function isBusyElsewhere(target: EventTarget | null): boolean {
  if (document.querySelector('[role=dialog][aria-modal=true]') !== null) return true;
  return target instanceof HTMLElement && target.closest('aside') === null && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}
