/**
 * Whether an event must be suppressed at a destination: its person is suppressed, or does not consent to what the
 * destination needs. Asked at every send, so what was withdrawn while an event waited counts.
 */
import type { ConsentPolicy } from '#contract/documents/consent.ts';
import { isConsented, type Preferences, preferencesOf } from '#gateway/pipeline/consent.ts';
import type { GatewayEvent } from '#gateway/pipeline/event.ts';
import type { People } from './people.ts';

/** True: the event ends as suppressed there. */
export type Suppresses = (event: GatewayEvent) => boolean;

/** The gate of one destination; null where every event may pass, so that it need not be asked. */
export function createSendGate(people: Pick<People, 'of' | 'everSuppressed'>, policy: ConsentPolicy | null): Suppresses | null {
  if (policy === null && !people.everSuppressed) return null;
  return (event) => {
    if (event.provenance?.suppressed !== undefined) return true;
    const voices: Preferences[] = [];
    for (const id of [event.userId, event.anonymousId]) {
      if (id === null) continue;
      const person = people.of(id);
      if (person.suppressed !== null) return true;
      voices.push(person.preferences);
    }
    if (policy === null) return false;
    const own = preferencesOf(event.context);
    if (own !== null) voices.push(own);
    return !isConsented(policy, voices);
  };
}
