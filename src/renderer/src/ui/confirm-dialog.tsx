import { TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useId, useState } from 'react';
import { Button } from './button.tsx';
import classes from './dialog.module.css';
import { Dialog } from './dialog.tsx';
import { TypedTarget } from './typed-target.tsx';

export interface ConfirmDialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly title: string;
  /** What the button does, in words: “Drop events of HubSpot”. */
  readonly action: string;
  /** What must be typed. Absent: nothing has to be. */
  readonly target?: string | undefined;
  /** Ask why; `required` refuses an empty answer. */
  readonly reason?: 'optional' | 'required' | undefined;
  readonly isBusy?: boolean;
  readonly width?: number;
  /** A failure of the last try. */
  readonly problem?: ReactNode;
  readonly onConfirm: (answer: { readonly confirm: string; readonly reason: string }) => void;
  /** The blast radius: what would be touched. */
  readonly children?: ReactNode;
}

/** Asks before something that loses or releases events. The button wakes only when the target is typed in full. */
export function ConfirmDialog({ isOpen, onClose, ...rest }: ConfirmDialogProps) {
  return isOpen ? <OpenConfirm onClose={onClose} {...rest} /> : null;
}

function OpenConfirm({
  onClose,
  title,
  action,
  target,
  reason,
  isBusy = false,
  width = 520,
  problem,
  onConfirm,
  children,
}: Omit<ConfirmDialogProps, 'isOpen'>) {
  const form = useId();
  const [typed, setTyped] = useState('');
  const [why, setWhy] = useState('');
  const isReady = (target === undefined || typed.trim() === target) && (reason !== 'required' || why.trim() !== '');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isReady && !isBusy) onConfirm({ confirm: typed.trim(), reason: why.trim() });
  };
  const footer = (
    <>
      {problem === undefined || problem === null ? null : (
        <span role="alert" className={classes.problem}>
          {problem}
        </span>
      )}
      <Button onClick={onClose}>Cancel</Button>
      <Button
        look="grave"
        type="submit"
        form={form}
        disabled={!isReady}
        isBusy={isBusy}
        data-autofocus={target === undefined && reason === undefined ? true : undefined}
      >
        {action}
      </Button>
    </>
  );
  return (
    <Dialog isOpen onClose={onClose} title={title} footer={footer} width={width}>
      <form id={form} className={classes.stack} onSubmit={submit}>
        {children}
        {reason === undefined ? null : (
          <TextInput
            label={reason === 'required' ? 'Why' : 'Why (optional)'}
            value={why}
            maxLength={500}
            data-autofocus
            onChange={(event) => setWhy(event.currentTarget.value)}
          />
        )}
        {target === undefined ? null : <TypedTarget target={target} value={typed} onChange={setTyped} />}
      </form>
    </Dialog>
  );
}
