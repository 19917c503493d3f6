import { useEffect, useState } from 'react';

/** Speaks `message` to screen readers, at most once in `everyMs`; the newest wins, so that a storm is one sentence. */
export function LiveRegion({ message, everyMs = 5000 }: { readonly message: string; readonly everyMs?: number }) {
  const [spoken, setSpoken] = useState({ text: '', at: 0 });
  useEffect(() => {
    if (message === '' || message === spoken.text) return;
    const waitMs = Math.max(0, spoken.at + everyMs - Date.now());
    const timer = setTimeout(() => setSpoken({ text: message, at: Date.now() }), waitMs);
    return () => clearTimeout(timer);
  }, [message, spoken, everyMs]);
  return (
    <div className="visually-hidden" aria-live="polite" role="status">
      {spoken.text}
    </div>
  );
}
