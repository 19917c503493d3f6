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
    // The names go through the root: Mantine puts a className of Modal.Content on its positioner, too.
    <Modal.Root
      opened={isOpen}
      onClose={onClose}
      size={width}
      centered={false}
      yOffset="10vh"
      lockScroll={false}
      transitionProps={{ duration: 0 }}
      classNames={{ overlay: classes.scrim ?? '', content: classes.content ?? '', title: classes.title ?? '', body: classes.body ?? '' }}
    >
      <Modal.Overlay />
      <Modal.Content>
        {/* Not Modal.Header: its <header> would be a second banner of the page. */}
        <div className={classes.head}>
          <Modal.Title>{title}</Modal.Title>
          <Modal.CloseButton aria-label="Close" size={24} />
        </div>
        <Modal.Body>{children}</Modal.Body>
        {footer === undefined ? null : <div className={classes.foot}>{footer}</div>}
      </Modal.Content>
    </Modal.Root>
  );
}
