import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './dialog.module.css';

export interface DialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly title: ReactNode;
  /** Buttons, the one that acts last. */
  readonly footer?: ReactNode;
  readonly width?: number;
  readonly children: ReactNode;
}

/** A modal with a title, a body that scrolls and a footer that stays. Escape and the scrim close it. */
export function Dialog({ isOpen, onClose, title, footer, width = 520, children }: DialogProps) {
  return (
    <Modal.Root opened={isOpen} onClose={onClose} size={width} centered={false} yOffset="10vh" lockScroll={false} transitionProps={{ duration: 0 }}>
      <Modal.Overlay className={classes.scrim ?? ''} />
      <Modal.Content className={classes.content ?? ''}>
        <Modal.Header className={classes.head ?? ''}>
          <Modal.Title className={classes.title ?? ''}>{title}</Modal.Title>
          <Modal.CloseButton aria-label="Close" size={24} />
        </Modal.Header>
        <Modal.Body className={classes.body ?? ''}>{children}</Modal.Body>
        {footer === undefined ? null : <div className={classes.foot}>{footer}</div>}
      </Modal.Content>
    </Modal.Root>
  );
}
