/** Which stored events name a person. Works on the JSON as stored, so that it runs in a worker without a schema library. */
import { isRecord, type Json } from '#gateway/pipeline/json.ts';
import type { PersonKeys } from '#gateway/pipeline/person-key.ts';

/** One person by the keyed hash of an id, and which events are meant: those received at or before `untilMs`. */
export interface MatchedPerson {
  readonly person: string;
  /** Epoch ms. */
  readonly untilMs: number;
}

/** Whose events are meant, and the key that hashes are made with. */
export interface PeopleMatch {
  readonly key: Uint8Array;
  readonly people: readonly MatchedPerson[];
}

const idKeys = ['userId', 'anonymousId', 'previousId'] as const;

/** The ids that an event names people by, as text. */
export function idsIn(raw: unknown): readonly string[] {
  return isRecord(raw) ? idKeys.flatMap((key) => textOf(raw, key)) : [];
}

/** As `idOf` in `pipeline/to-event.ts`: apps also send their database's numbers. */
function textOf(raw: Json, key: (typeof idKeys)[number]): readonly string[] {
  const value = raw[key];
  if (typeof value === 'string') return value === '' ? [] : [value];
  return typeof value === 'number' && Number.isFinite(value) ? [String(value)] : [];
}

/** Whether an event is meant: it names one of these people, whoever else it names, and was received in time. */
export type Matcher = (raw: unknown, receivedAt: number) => boolean;

export function createMatcher(keys: PersonKeys, people: readonly MatchedPerson[]): Matcher {
  const wanted = new Map(people.map(({ person, untilMs }) => [person, untilMs]));
  return (raw, receivedAt) => idsIn(raw).some((id) => receivedAt <= (wanted.get(keys.keyOf(id)) ?? Number.NEGATIVE_INFINITY));
}
