/** Restore points in a node: the documents, and what goes on in the lanes that they would touch. */
import type { BlastRadius } from '#contract/operations/switches.ts';
import type { ControlDeps } from '#gateway/control/commands/deps.ts';
import { createRestoreHandlers } from '#gateway/control/restore/handlers.ts';
import { blastRadius } from '#gateway/delivery/blast-radius.ts';
import type { Delivery } from '#gateway/delivery/delivery.ts';
import type { EventLog } from '#gateway/log/event-log.ts';

export function openRestorePoints(control: ControlDeps, { lanes }: Pick<Delivery, 'lanes'>, log: EventLog) {
  async function radius(destinations: readonly string[]): Promise<BlastRadius> {
    const each = await Promise.all(
      destinations.map((destination) => blastRadius({ scope: { type: 'destination', destination }, mode: 'park' }, lanes, log, log.now())),
    );
    return { destinations: each.flatMap((one) => one.destinations) };
  }
  return createRestoreHandlers({ ...control, radius });
}
