/**
 * The listening half of a channel: keeps what arrives before somebody listens, reports the
 * close once, and nothing after it.
 */
export interface Mailbox {
  onFrame(listener: (frame: string) => void): void;
  onClose(listener: (reason: string) => void): void;
  deliver(frame: string): void;
  /** False if it was closed before. */
  close(reason: string): boolean;
  isClosed(): boolean;
}

export function createMailbox(): Mailbox {
  let early: string[] = [];
  let frameListener: ((frame: string) => void) | null = null;
  let closeListener: ((reason: string) => void) | null = null;
  let closedBecause: string | null = null;
  return {
    onFrame(listener) {
      frameListener = listener;
      const frames = early;
      early = [];
      for (const frame of frames) listener(frame);
    },
    onClose(listener) {
      closeListener = listener;
      if (closedBecause !== null) listener(closedBecause);
    },
    deliver(frame) {
      if (closedBecause !== null) return;
      if (frameListener) frameListener(frame);
      else early.push(frame);
    },
    close(reason) {
      if (closedBecause !== null) return false;
      closedBecause = reason;
      closeListener?.(reason);
      return true;
    },
    isClosed: () => closedBecause !== null,
  };
}
