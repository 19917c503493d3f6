/** Says once an hour at most, for each source and reason, that it is held back: the audit keeps every entry for ever. */
const quietMs = 3_600_000;

export type TellAlarm = (action: 'source.throttled' | 'source.surged', source: string, why: string) => void;

export interface Alarms {
  raise(action: 'source.throttled' | 'source.surged', source: string, reason: string, why: string): void;
  /** Tells what was raised. @param at epoch ms */
  send(at: number): void;
}

export function createAlarms(tell: TellAlarm): Alarms {
  const raised = new Map<
    string,
    { readonly action: 'source.throttled' | 'source.surged'; readonly source: string; readonly why: string }
  >();
  const told = new Map<string, number>();
  return {
    raise(action, source, reason, why) {
      raised.set(`${action} ${reason} ${source}`, { action, source, why });
    },
    send(at) {
      for (const [name, { action, source, why }] of raised) {
        if (at - (told.get(name) ?? Number.NEGATIVE_INFINITY) < quietMs) continue;
        told.set(name, at);
        tell(action, source, why);
      }
      raised.clear();
      for (const [name, toldAt] of told) if (at - toldAt >= quietMs) told.delete(name);
    },
  };
}
