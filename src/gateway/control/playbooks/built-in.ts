/** Playbooks that come with Sluice. They are documents like any other: whoever changes one keeps the change. */
import { type Playbook, playbookSchema } from '#contract/documents/playbook.ts';
import type { Result } from '#contract/result.ts';
import type { Change, DocumentStore } from '../document-store.ts';

const scope = { type: 'destination', destination: '{destination}' };

const vendorOutage = playbookSchema.parse({
  title: 'Vendor outage',
  description: 'A vendor answers with errors or not at all, and it is not us.',
  parameters: [{ name: 'destination', title: 'Which destination', type: 'destination' }],
  steps: [
    {
      type: 'manual',
      id: 'them-or-us',
      title: 'See whether it is them',
      note: 'Open the destination and read its verdict with the evidence. Where it says us or network, stop here and end this run.',
    },
    {
      type: 'manual',
      id: 'tell',
      title: 'Tell those who depend on it',
      note: 'Say which vendor it is, since when, and that nothing is lost: events wait here.',
    },
    {
      type: 'command',
      id: 'park',
      title: 'Park the destination',
      note: 'Attempts are not used up while it is parked. Skip this while the breaker holds it and few attempts are lost.',
      operation: 'switch.set',
      input: { scope, mode: 'park' },
    },
    {
      type: 'manual',
      id: 'report',
      title: 'Report it to the vendor',
      note: 'Give the time of the first error, the answer of the vendor, and an example request without its content.',
    },
    {
      type: 'manual',
      id: 'wait',
      title: 'Wait until the vendor is well',
      note: 'The check call of the destination succeeds, and the vendor’s status page says so. Watch the time until the backlog budget is full.',
    },
    {
      type: 'command',
      id: 'open',
      title: 'Open the destination, slowly',
      note: 'The backlog drains at 50 events a second. Look at the errors for a minute before you say that it is done.',
      operation: 'switch.set',
      input: { scope, mode: 'flow', backlog: { choice: 'drain' }, pacePerSecond: 50 },
    },
    {
      type: 'manual',
      id: 'letters',
      title: 'Look at the dead letters of the outage',
      note: 'Replay what died of it. The ledger of the destination must balance.',
    },
    { type: 'manual', id: 'learn', title: 'Write down what happened', note: 'From when to when, what helped, and what to do differently.' },
  ],
});

const builtIn: readonly { readonly id: string; readonly value: Playbook }[] = [{ id: 'vendor-outage', value: vendorOutage }];

/** Writes those that have never been there. One that somebody removed stays away. CONTROL_STORE_FAILED. */
export function provideBuiltIn(store: DocumentStore): Result<unknown> {
  const changes: readonly Change[] = builtIn.flatMap(({ id, value }) =>
    store.get('playbook', id) === null ? [{ kind: 'playbook' as const, id, value }] : [],
  );
  const attribution = { by: 'system', action: 'playbook.provided', target: 'playbook', reason: 'comes with Sluice', commandId: null };
  return changes.length === 0 ? { ok: true, value: null } : store.commit(changes, attribution);
}
