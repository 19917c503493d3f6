import { useMemo, useState } from 'react';
import { type JsonText, readJson, writeJson } from '#renderer/ui/json-text.ts';
import type { EventDraft } from './draft.ts';
import { eventFor } from './samples.ts';

export interface TestEvent {
  readonly text: string;
  readonly read: JsonText;
  /** Null while it is not an event. */
  readonly event: Record<string, unknown> | null;
  readonly setText: (text: string) => void;
  /** Fills in an event that fits the schema. */
  readonly reset: () => void;
}

function sampleOf(event: EventDraft | null): string {
  const schema = event === null ? null : readJson(event.text);
  return writeJson(eventFor(event?.name ?? '', schema?.ok ? schema.value : {}));
}

/** What stands in the test box, for each event of the plan. It may be a real event, so it is kept nowhere but in this page. */
export function useTestEvent(event: EventDraft | null): TestEvent {
  const [texts, setTexts] = useState<ReadonlyMap<string, string>>(new Map());
  const key = event?.key ?? '';
  // The sample is drawn when the event is first looked at, not with every letter of its schema.
  const [samples] = useState(() => new Map<string, string>());
  let text = texts.get(key) ?? samples.get(key);
  if (text === undefined) {
    text = sampleOf(event);
    samples.set(key, text);
  }
  const read = useMemo(() => readJson(text), [text]);
  const value = read.ok ? read.value : null;
  const isEvent = typeof value === 'object' && value !== null && !Array.isArray(value);
  const setText = (next: string) => setTexts((before) => new Map(before).set(key, next));
  return { text, read, event: isEvent ? { ...value } : null, setText, reset: () => setText(sampleOf(event)) };
}
