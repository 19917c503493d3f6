/** Which events a destination's rollout lets through: those for which its flag is true. */
import type { GatewayEvent } from '#gateway/pipeline/event.ts';
import type { FlagContext, FlagSet } from './flag-set.ts';

/**
 * Whether a flag is true for an event. Whatever else it comes to (there is no such flag, it is disabled, broken, or not a
 * boolean) is no: what was not sent can be replayed, what was sent cannot be taken back.
 */
export function isOn(flags: FlagSet, flag: string, event: GatewayEvent): boolean {
  const found = flags.evaluate(flag, contextOf(event));
  return 'value' in found && found.value === true;
}

/**
 * What targeting may ask of an event. Traits stand at the top, where apps put theirs, so that a segment means the same to
 * both. Those of a track are in its context, as Segment's SDKs send them; those of a group are the group's, not a person's.
 */
export function contextOf(event: GatewayEvent): FlagContext {
  const { source, name, type, userId, anonymousId, groupId } = event;
  const shared = isRecord(event.context.traits) ? event.context.traits : {};
  const targetingKey = userId ?? anonymousId;
  return {
    ...shared,
    ...(type === 'group' ? {} : event.traits),
    // After the traits, so that nobody can name himself another by one of these.
    ...(targetingKey === null ? { targetingKey: undefined } : { targetingKey }),
    source,
    event: name,
    type,
    groupId: groupId ?? event.context.groupId,
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
