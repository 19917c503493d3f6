import type { DocumentKind } from './document.ts';

/** What to use instead of a revert, and why, in an operator's words. */
export interface NotReverted {
  readonly use: string;
  readonly why: string;
}

/** Kinds whose documents no revert writes again: what happened since cannot be taken back by writing what was. */
export const notReverted: Partial<Readonly<Record<DocumentKind, NotReverted>>> = {
  switch: { use: 'switch.set', why: 'Opening releases events: it needs its preview and a choice for the backlog.' },
  credential: { use: 'credential.bind', why: 'An old secret is never brought back: its sealed text is wiped. Bind it again.' },
  erasure: { use: 'erasure.request', why: 'What was erased stays erased.' },
  drill: { use: 'drill.start', why: 'A drill is a record of what happened.' },
  replay: { use: 'replay.start', why: 'Events that were given again cannot be taken back. Start another replay.' },
  breaker: { use: 'breaker.force', why: 'A breaker follows what it measures.' },
  failover: { use: 'endpoint.use', why: 'Which endpoint serves follows how they do.' },
  rollout: { use: 'rollout.revert', why: 'A rollout and its flag move together: reverting it restores the flag.' },
  'restore-point': { use: 'restorePoint.create', why: 'A restore point is a moment, and stays what it is.' },
  'playbook-run': { use: 'playbook.start', why: 'What people did is not undone by forgetting it. Start another run.' },
  schedule: { use: 'schedule.put', why: 'What was to happen at a time is over. Schedule it again.' },
};
