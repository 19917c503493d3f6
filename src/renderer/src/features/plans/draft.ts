/** Pure: a tracking plan as it is edited, its schemas as text, and back. */
import { type Plan, type PlanMode, planSchema } from '#contract/documents/plan.ts';
import { type JsonText, readJson, writeJson } from '#renderer/ui/json-text.ts';

export interface EventDraft {
  /** Stays while the name is typed. */
  readonly key: string;
  readonly name: string;
  /** Null: the plan's own. */
  readonly mode: PlanMode | null;
  /** The JSON Schema. */
  readonly text: string;
}

export interface PlanDraft {
  readonly name: string;
  readonly sources: readonly string[];
  readonly mode: PlanMode;
  readonly unplanned: Plan['unplanned'];
  readonly events: readonly EventDraft[];
}

export const firstSchema = writeJson({ type: 'object', required: [], properties: {} });

export function draftOf({ name, sources, mode, unplanned, events }: Plan): PlanDraft {
  return {
    name,
    sources,
    mode,
    unplanned,
    events: Object.entries(events).map(([event, planned]) => ({
      key: event,
      name: event,
      mode: planned.mode ?? null,
      text: writeJson(planned.schema),
    })),
  };
}

export interface Drawn {
  /** Null while something keeps it from being saved. */
  readonly value: Plan | null;
  /** What is wrong, by the key of the event; `name` and so on for the plan itself. */
  readonly problems: ReadonlyMap<string, string>;
}

function schemaOf(read: JsonText): { readonly schema: Record<string, unknown> } | { readonly problem: string } {
  if (!read.ok) return { problem: `line ${read.problem.line}: ${read.problem.message}` };
  const { value } = read;
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? { schema: { ...value } }
    : { problem: 'a schema is an object: { … }' };
}

/** The document to send, or what is in its way. Whether a schema means something is for the gateway to say. */
export function planOf(draft: PlanDraft): Drawn {
  const problems = new Map<string, string>();
  const events = new Map<string, { mode?: PlanMode; schema: Record<string, unknown> }>();
  for (const { key, name, mode, text } of draft.events) {
    const schema = schemaOf(readJson(text));
    if (name.trim() === '') problems.set(key, 'the event needs a name');
    else if (events.has(name.trim())) problems.set(key, `the plan has ${name.trim()} already`);
    else if ('problem' in schema) problems.set(key, schema.problem);
    else events.set(name.trim(), { ...(mode === null ? {} : { mode }), schema: schema.schema });
  }
  const { name, sources, mode, unplanned } = draft;
  const parsed = planSchema.safeParse({ name, sources, mode, unplanned, events: Object.fromEntries(events) });
  if (!parsed.success) for (const issue of parsed.error.issues) problems.set(String(issue.path[0] ?? ''), issue.message);
  return { value: parsed.success && problems.size === 0 ? parsed.data : null, problems };
}

/** A key that no event of the draft has. */
export function freeKey(events: readonly EventDraft[]): string {
  for (let number = events.length + 1; ; number++) {
    const key = `new ${number}`;
    if (!events.some((event) => event.key === key)) return key;
  }
}

export const modeWords: Readonly<Record<Plan['unplanned'], { readonly title: string; readonly meaning: string }>> = {
  allow: { title: 'Let pass', meaning: 'It flows on, unseen and uncounted.' },
  report: { title: 'Report', meaning: 'It flows on, and is counted as a violation.' },
  quarantine: { title: 'Quarantine', meaning: 'It waits in quarantine until somebody releases or discards it.' },
  block: { title: 'Block', meaning: 'Its sender is answered 400. SDKs do not send it again: it is lost.' },
};

/** What a change of modes means for events, where it is more than counting. */
export function consequencesOf(draft: PlanDraft, before: Plan | null): readonly string[] {
  const blocks = (mode: string, was: string | undefined) => mode === 'block' && was !== 'block';
  const said: string[] = [];
  if (blocks(draft.mode, before?.mode))
    said.push('Events that break the plan are turned away from now on: their senders get 400 and do not send them again.');
  if (blocks(draft.unplanned, before?.unplanned))
    said.push('Events that the plan does not name are turned away from now on. Check that it names all that your apps send.');
  for (const event of draft.events)
    if (event.mode === 'block' && draft.mode !== 'block' && before?.events[event.name]?.mode !== 'block')
      said.push(`${event.name} is turned away from now on where it breaks its schema.`);
  return said;
}
