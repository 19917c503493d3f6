/**
 * Listeners that are told in order, even when one of them causes the next message: that one
 * waits its turn, so every listener sees the same sequence.
 */
export interface Watchers<Message> {
  add(listener: (message: Message) => void): () => void;
  tell(message: Message): void;
}

export function createWatchers<Message>(): Watchers<Message> {
  const listeners = new Set<{ readonly listener: (message: Message) => void }>();
  const queue: Message[] = [];
  let isTelling = false;
  return {
    add(listener) {
      const entry = { listener };
      listeners.add(entry);
      return () => listeners.delete(entry);
    },
    tell(message) {
      queue.push(message);
      if (isTelling) return;
      isTelling = true;
      try {
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
          for (const entry of [...listeners]) if (listeners.has(entry)) call(entry.listener, next);
        }
      } finally {
        isTelling = false;
      }
    },
  };
}

/** A listener that throws is a bug: it surfaces as uncaught, but what was committed stays answered as committed. */
function call<Message>(listener: (message: Message) => void, message: Message): void {
  try {
    listener(message);
  } catch (bug) {
    queueMicrotask(() => {
      throw bug;
    });
  }
}
