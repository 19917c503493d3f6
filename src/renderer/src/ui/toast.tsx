import { IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Button, IconButton } from './button.tsx';
import type { MarkState } from './state.ts';
import { StatusMark } from './status-mark.tsx';
import classes from './toast.module.css';

export interface ToastView {
  readonly id: string;
  readonly title: ReactNode;
  readonly body?: ReactNode;
  readonly state?: MarkState | undefined;
  readonly undo?: { readonly label: string; readonly run: () => void } | undefined;
}

/** The stack of messages above the status bar. Each stays until its time is up, it is closed, or its act is undone. */
export function ToastStack({
  toasts,
  onClose,
  onHold,
  onRelease,
}: {
  readonly toasts: readonly ToastView[];
  readonly onClose: (id: string) => void;
  readonly onHold: () => void;
  readonly onRelease: () => void;
}) {
  return (
    <section
      className={classes.stack}
      aria-label="Messages"
      onPointerEnter={onHold}
      onPointerLeave={onRelease}
      onFocus={onHold}
      onBlur={onRelease}
    >
      {toasts.map((toast) => (
        <div key={toast.id} className={classes.toast} role="status">
          {toast.state === undefined ? null : (
            <span className={classes.mark}>
              <StatusMark state={toast.state} size={14} />
            </span>
          )}
          <div className={classes.words}>
            <div className={classes.title}>{toast.title}</div>
            {toast.body === undefined ? null : <div className={classes.body}>{toast.body}</div>}
          </div>
          {toast.undo === undefined ? null : (
            <Button size="small" onClick={toast.undo.run}>
              {toast.undo.label}
            </Button>
          )}
          <IconButton size="small" label="Close" icon={<IconX size={14} />} onClick={() => onClose(toast.id)} />
        </div>
      ))}
    </section>
  );
}
