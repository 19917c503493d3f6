/** Pure: what needs a person now, worst first, each with what it means and what can be done. */
import type { DeskState } from '#contract/desk/operations.ts';
import type { Rollout } from '#contract/documents/rollout.ts';
import type { SwitchScope } from '#contract/documents/switch.ts';
import type { OutputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import type { Resources } from '#contract/telemetry/tick.ts';
import { certificateMark, certificateRoles, endText } from '#renderer/frame/certificate-words.ts';
import { isDueForReview, type ScopeRow } from '#renderer/frame/scopes.ts';
import type { DestinationLive } from '#renderer/streams/live.ts';
import { bytes, counted, ratio, toText } from '#renderer/ui/quantity.ts';
import { type MarkState, stateLooks } from '#renderer/ui/state.ts';

export type Step =
  | { readonly type: 'park' | 'open' | 'keep'; readonly scope: SwitchScope; readonly name: string }
  | { readonly type: 'credential'; readonly destination: string; readonly isNew: boolean }
  | { readonly type: 'go'; readonly path: string; readonly label: string }
  | { readonly type: 'retryLink' };

export interface Need {
  readonly id: string;
  readonly state: MarkState;
  readonly title: string;
  /** What is so, in an operator's words. */
  readonly text: string;
  /** Epoch ms; null where nobody knows. */
  readonly since: number | null;
  /** The destination it is about, so that it can be claimed. */
  readonly destination: string | null;
  /** Who looks after it. */
  readonly owner: string | null;
  /** The one next step first. */
  readonly steps: readonly Step[];
}

export type CredentialFact = Pick<OutputOf<Operations['credential.list']>['credentials'][number], 'state' | 'from'>;

export interface Facts {
  readonly now: number;
  readonly destinations: readonly {
    readonly id: string;
    readonly name: string;
    readonly owner: string | null;
    readonly live: DestinationLive | undefined;
    /** Whose trouble it is, and why: `Them: it does not answer`. Empty or absent where all is well. */
    readonly verdict?: string;
  }[];
  readonly stopped: readonly ScopeRow[];
  readonly credentials: ReadonlyMap<string, CredentialFact>;
  readonly link: { readonly phase: 'connecting' | 'live' | 'offline' | 'refused'; readonly since: number; readonly action: string };
  readonly keychain: DeskState['keychain'] | null;
  readonly notReady: readonly string[];
  /** Ids whose books do not add up. */
  readonly unbalanced: readonly string[];
  /** Certificates that end soon or have ended, soonest first. */
  readonly certificates?: OutputOf<Operations['transport.read']>['warnings'];
  /** Changes left to a time that did not go as planned. */
  readonly failedSchedules?: readonly { readonly id: string; readonly at: number; readonly what: string; readonly detail: string }[];
  /** Rollouts that a guardrail stopped, and nobody did anything about yet. */
  readonly stoppedRollouts?: readonly { readonly id: string; readonly rollout: Rollout }[];
  readonly resources: Resources | null;
  readonly diskBudgetBytes: number;
}

/** All needs, worst first; within a state what lasts longest. */
export function needsOf(facts: Facts): readonly Need[] {
  const destinations = facts.destinations.flatMap((each) => destinationNeed(each, facts));
  // A stop that fills its budget is one thing to look at, not two.
  const known = new Set(destinations.map((need) => need.destination));
  const stops = facts.stopped.filter((row) => row.mode === 'drop' || row.scope.type !== 'destination' || !known.has(row.scope.destination));
  const needs = [
    ...linkNeeds(facts),
    ...gatewayNeeds(facts),
    ...diskNeeds(facts),
    ...keychainNeeds(facts),
    ...certificateNeeds(facts),
    ...scheduleNeeds(facts),
    ...rolloutNeeds(facts),
    ...destinations,
    ...stops.flatMap((row) => stopNeed(row, facts.now)),
  ];
  // Without a link all the rest is old: it comes first.
  return needs.sort(
    (a, b) =>
      Number(b.id === 'link') - Number(a.id === 'link') ||
      stateLooks[a.state].rank - stateLooks[b.state].rank ||
      (a.since ?? 0) - (b.since ?? 0),
  );
}

function plain(values: Pick<Need, 'id' | 'state' | 'title' | 'text' | 'steps'> & Partial<Need>): Need {
  return { since: null, destination: null, owner: null, ...values };
}

function linkNeeds({ link }: Facts): readonly Need[] {
  if (link.phase !== 'offline' && link.phase !== 'refused') return [];
  const text =
    link.phase === 'refused'
      ? link.action
      : 'What you see is old, and nothing can be changed from here. Deliveries go on; switches stay as they are.';
  return [
    plain({ id: 'link', state: 'failing', title: 'No link to the gateway', text, since: link.since, steps: [{ type: 'retryLink' }] }),
  ];
}

function gatewayNeeds({ notReady, unbalanced }: Facts): readonly Need[] {
  const system: Step = { type: 'go', path: '/system', label: 'Look at the gateway' };
  return [
    ...(notReady.length === 0
      ? []
      : [plain({ id: 'ready', state: 'failing', title: 'The gateway is not ready', text: notReady.join('. '), steps: [system] })]),
    ...(unbalanced.length === 0
      ? []
      : [
          plain({
            id: 'ledger',
            state: 'failing',
            title: 'The ledger does not balance',
            text: `The books of ${unbalanced.join(', ')} do not add up. That is a bug of the gateway: keep its data folder and report it.`,
            steps: [{ type: 'go', path: '/flow', label: 'See the books' }],
          }),
        ]),
  ];
}

/** Below this much free disk ingest is about to stop. */
const lowDiskBytes = 1e9;

function diskNeeds({ resources, diskBudgetBytes }: Facts): readonly Need[] {
  if (resources === null) return [];
  const used = resources.logBytes / diskBudgetBytes;
  const step: Step = { type: 'go', path: '/system/settings', label: 'Change the budget' };
  const needs: Need[] = [];
  if (used >= 0.8)
    needs.push(
      plain({
        id: 'budget',
        state: used >= 0.95 ? 'failing' : 'degraded',
        title: `${toText(ratio(used))} of the disk budget is used`,
        text: 'When it is full, ingest answers 503 and senders keep their events. Free space, raise the budget, or keep less.',
        steps: [step],
      }),
    );
  if (resources.diskFreeBytes !== null && resources.diskFreeBytes < lowDiskBytes)
    needs.push(
      plain({
        id: 'disk',
        state: 'failing',
        title: `Only ${toText(bytes(resources.diskFreeBytes))} of disk is free`,
        text: 'Ingest stops before settling and control do. Free space on the gateway’s disk.',
        steps: [{ type: 'go', path: '/system', label: 'Look at the gateway' }],
      }),
    );
  return needs;
}

function scheduleNeeds({ failedSchedules = [] }: Facts): readonly Need[] {
  return failedSchedules.map(({ id, at, what, detail }) =>
    plain({
      id: `schedule ${id}`,
      state: 'failing',
      title: `Did not go as planned: ${what}`,
      text: detail,
      since: at,
      steps: [{ type: 'go', path: '/controls/changes', label: 'See what is in force' }],
    }),
  );
}

function rolloutNeeds({ stoppedRollouts = [] }: Facts): readonly Need[] {
  return stoppedRollouts.map(({ id, rollout: { flag, state, why, since } }) =>
    plain({
      id: `rollout ${id}`,
      state: state === 'reverted' ? 'degraded' : 'held',
      title: state === 'reverted' ? `The rollout of ${flag} took itself back` : `The rollout of ${flag} paused itself`,
      text: joined(why, state === 'reverted' ? 'The flag is as it was before.' : 'It stays at its step until somebody decides.'),
      since,
      steps: [{ type: 'go', path: `/controls/rollouts/${id}`, label: 'Look at the rollout' }],
    }),
  );
}

/** One card a destination, whatever it has that ends: the first to end speaks. */
function certificateNeeds({ certificates = [], destinations }: Facts): readonly Need[] {
  const first = new Map(certificates.toReversed().map((warning) => [warning.destination, warning]));
  return [...first.values()].map(({ destination, certificate }) => {
    const name = destinations.find(({ id }) => id === destination)?.name ?? destination;
    const whose = certificateRoles[certificate.role].toLowerCase();
    return plain({
      id: `certificate ${destination ?? ''}`,
      state: certificateMark(certificate),
      title:
        name === null ? `A certificate of the port for events ${endText(certificate)}` : `A certificate of ${name} ${endText(certificate)}`,
      text: `${certificate.subject} (${whose}). Once it has ended no connection is made: events wait, and none is lost.`,
      steps: [
        destination === null || name === null
          ? { type: 'go', path: '/system', label: 'See certificates' }
          : { type: 'go', path: `/destinations/${destination}/connection`, label: 'See certificates' },
      ],
    });
  });
}

const keychainTexts = {
  locked: 'Unlock it; until then new secrets are kept for this session only.',
  waiting: 'It shows a dialog of its own: answer it.',
  unavailable: 'Secrets are kept for this session only and asked for again after a restart.',
} as const;

function keychainNeeds({ keychain, credentials }: Facts): readonly Need[] {
  if (keychain === null || keychain.state === 'ready' || keychain.state === 'unknown') return [];
  // A machine without a keychain stays so: it matters once a secret was typed here, which a restart asks for again.
  if (keychain.state === 'unavailable' && ![...credentials.values()].some((row) => row.from === 'desk')) return [];
  const title =
    keychain.state === 'unavailable'
      ? 'No keychain on this machine'
      : keychain.state === 'locked'
        ? 'The keychain is locked'
        : 'The keychain is waiting for you';
  return [
    plain({
      id: 'keychain',
      state: 'degraded',
      title,
      text: keychainTexts[keychain.state],
      steps: [{ type: 'go', path: '/credentials', label: 'See credentials' }],
    }),
  ];
}

interface About {
  readonly destination: string;
  readonly owner: Facts['destinations'][number]['owner'];
  readonly since: number | null;
}

/** At most one need a destination: the one whose step comes first. */
function destinationNeed({ id, name, owner, live, verdict = '' }: Facts['destinations'][number], facts: Facts): readonly Need[] {
  if (live?.tick.state === 'off') return [];
  const about = { destination: id, owner, since: live?.tick.since ?? null };
  const need = credentialNeed(about, name, live, facts) ?? (live === undefined ? null : laneNeed(about, name, live, verdict));
  return need === null ? [] : [need];
}

const lookAt = (id: string, name: string): Step => ({ type: 'go', path: `/destinations/${id}`, label: `Look at ${name}` });

function credentialNeed(about: About, name: string, live: DestinationLive | undefined, facts: Facts): Need | null {
  const id = about.destination;
  const look = lookAt(id, name);
  const why = live?.tick.why ?? '';
  const held = { ...about, id: `credential ${id}`, state: 'held' } as const;
  switch (facts.credentials.get(id)?.state) {
    case 'missing':
      return plain({
        ...held,
        title: `${name} has no credential`,
        text: waitingText(live, 'It is held until it gets one.'),
        steps: [{ type: 'credential', destination: id, isNew: true }, look],
      });
    case 'refused':
      return plain({
        ...held,
        title: `${name} refuses its credential`,
        text: why === '' ? waitingText(live, 'It is held until the credential is replaced.') : `${why}. ${waitingText(live, '')}`.trim(),
        steps: [{ type: 'credential', destination: id, isNew: false }, look],
      });
    case 'origin-changed':
      return plain({
        ...held,
        title: `${name} points to another address`,
        text: waitingText(live, 'Its credential stays behind until somebody binds it again.'),
        steps: [{ type: 'go', path: '/credentials', label: 'Bind its credential' }, look],
      });
    default:
      return null;
  }
}

function laneNeed(about: About, name: string, live: DestinationLive, verdict: string): Need | null {
  const id = about.destination;
  const { why, budgetUsed } = live.tick;
  const scope = { type: 'destination', destination: id } as const;
  const look = lookAt(id, name);
  const lookOrPark: readonly Step[] = [look, { type: 'park', scope, name }];
  if (live.state === 'held') {
    const text = why === '' ? waitingText(live, stateLooks.held.meaning) : joined(why, waitingText(live, ''));
    return plain({ ...about, id: `held ${id}`, state: 'held', title: `${name} is held`, text, steps: [look] });
  }
  if (live.state === 'failing') {
    const text = `${joined(why, waitingText(live, 'Nothing is lost: events wait or retry.'))} ${verdict}`.trim();
    return plain({ ...about, id: `failing ${id}`, state: 'failing', title: `${name} fails`, text, steps: lookOrPark });
  }
  if (budgetUsed >= 0.5) {
    const isStopped = live.state === 'parked' || live.state === 'dropping';
    return plain({
      ...about,
      id: `backlog ${id}`,
      state: budgetUsed >= 0.8 ? 'failing' : 'degraded',
      title: `${toText(ratio(budgetUsed))} of ${name}’s backlog budget is used`,
      text: joined(why, waitingText(live, 'When it is full its oldest events expire.')),
      steps: isStopped ? [{ type: 'open', scope, name }, look] : [look],
    });
  }
  if (live.state !== 'degraded') return null;
  const text = `${joined(why, waitingText(live, ''))} ${verdict}`.trim();
  return plain({ ...about, id: `degraded ${id}`, state: 'degraded', title: `${name} is degraded`, text, steps: lookOrPark });
}

function waitingText(live: DestinationLive | undefined, otherwise: string): string {
  const waiting = (live?.tick.waiting ?? 0) + (live?.tick.held ?? 0);
  return waiting === 0
    ? otherwise
    : `${counted(waiting, 'event')} ${waiting === 1 ? 'waits' : 'wait'}.${otherwise === '' ? '' : ` ${otherwise}`}`;
}

function joined(why: string, rest: string): string {
  return why === '' ? rest : `${why.charAt(0).toUpperCase()}${why.slice(1)}. ${rest}`.trim();
}

/** A stop that loses events, or that nobody looked at for hours. */
function stopNeed(row: ScopeRow, now: number): readonly Need[] {
  const open: Step = { type: 'open', scope: row.scope, name: row.name };
  const by = row.set === null ? '' : `${row.set.by}${row.set.reason === '' ? ' gave no reason' : `: ${row.set.reason}`}. `;
  const about = { since: row.set?.at ?? null, destination: null, owner: null };
  if (row.mode === 'drop')
    return [
      plain({
        ...about,
        id: `drop ${row.id}`,
        state: 'dropping',
        title: `Events of ${row.name} are dropped`,
        text: `${by}Every one that comes is lost, on purpose.`,
        steps: [open],
      }),
    ];
  if (!isDueForReview(row, now)) return [];
  return [
    plain({
      ...about,
      id: `review ${row.id}`,
      state: 'parked',
      title: `${row.name} is parked for hours: still wanted?`,
      text: `${by}It never opens by itself.`,
      steps: [open, { type: 'keep', scope: row.scope, name: row.name }],
    }),
  ];
}
